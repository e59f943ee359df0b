import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { CleanupScope } from '../support/cleanup-scope.ts';
import { TINYPROXY } from '../support/tools.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { endWithTest, spawn } from '../support/child-process.ts';

/** A real proxy. */
export interface RunningProxy {
  readonly port: number;
  /** The requests that it has received so far: `CONNECT 0.0.0.0:1234`, `GET http://…`. */
  readonly requests: readonly string[];
}

/** Starts tinyproxy on 127.0.0.1 until the test ends. */
export async function startTinyproxy(
  context: CleanupScope,
  user?: { readonly name: string; readonly password: string },
): Promise<RunningProxy> {
  const port = await freePort();
  const file = join(temporaryDirectory(context), 'tinyproxy.conf');
  const authentication = user === undefined ? '' : `BasicAuth ${user.name} ${user.password}\n`;
  writeFileSync(
    file,
    `Port ${port}\nListen 127.0.0.1\nTimeout 60\nLogLevel Info\n${authentication}`,
  );
  const proxy = spawn(TINYPROXY.program, ['-d', '-c', file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  endWithTest(context, proxy);
  const requests: string[] = [];
  const lines = createInterface(proxy.stdout);
  await new Promise<void>((resolve, reject) => {
    proxy.once('error', reject);
    proxy.once('exit', () => reject(new Error('tinyproxy ended at once')));
    lines.on('line', (line) => {
      const request = /Request \(file descriptor \d+\): (.*) HTTP\/1\.\d/.exec(line)?.[1];
      if (request !== undefined) requests.push(request);
      if (line.includes('Accepting connections')) resolve();
    });
  });
  return { port, requests };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
