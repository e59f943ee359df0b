// `node serve-directory.ts DIRECTORY` serves its files by HTTP on a free port of this machine, which it
// prints. A process of its own: what it is asked by may block the test's.

import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join, normalize } from 'node:path';

const [, , directory = ''] = process.argv;

const server = createServer((request, response) => {
  const path = normalize(decodeURIComponent(request.url ?? '/'));
  try {
    const content = readFileSync(join(directory, path));
    response.writeHead(200, { 'content-length': content.length }).end(content);
  } catch {
    response.writeHead(404).end();
  }
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.stdout.write(`${typeof address === 'object' ? (address?.port ?? '') : ''}\n`);
});
