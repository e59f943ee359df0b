import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { fileURLToPath } from 'node:url';

import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { spawn } from '../../support/child-process.ts';

const WRITER = fileURLToPath(new URL('log-writer.ts', import.meta.url));
const WRITERS = ['ann', 'bob', 'cid', 'dan'] as const;
const LINES = 700;
const MAX_BYTES = 10_000;

it('sessions that share a file neither lose nor split a line while they roll it', async (t) => {
  const directory = temporaryDirectory(t);
  const path = join(directory, 'x.log');
  const exits = await Promise.all(
    WRITERS.map(async (name) => {
      const options = [path, name, String(LINES), String(MAX_BYTES)];
      const writer = spawn(process.execPath, [WRITER, ...options], {
        stdio: ['ignore', 'ignore', 'inherit'],
      });
      t.after(() => writer.kill());
      const [code] = (await once(writer, 'exit')) as [number | null];
      return code;
    }),
  );
  assert.deepEqual(exits, [0, 0, 0, 0]);

  const files = readdirSync(directory);
  assert.ok(files.length > 5, 'the file was rolled');
  assert.ok(!files.includes('x.log.lock'));
  const lines = files.flatMap((name) =>
    readFileSync(join(directory, name), 'utf8').trimEnd().split('\n'),
  );
  const expected = WRITERS.flatMap((name) =>
    Array.from({ length: LINES }, (_, line) => `${name} ${line} ${'-'.repeat(line % 50)}.`),
  );
  assert.deepEqual(lines.sort(), expected.sort());
});
