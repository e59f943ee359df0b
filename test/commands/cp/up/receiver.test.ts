import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { closeSync, mkdirSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { runUpload } from '../../../../src/commands/cp/up/run-upload.ts';
import { openReceiverSession } from '../../../../src/commands/cp/up/sessions/receiver-session.ts';
import { needs } from '../../../support/require-tools.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';
import { BUSYBOX, DASH } from '../../../support/tools.ts';
import { createLocalTarget, TARGET_KINDS } from './support/local-target.ts';
import { ownProgram } from './support/program-scripts.ts';
import { requestOf } from './support/upload-request.ts';

const CHUNK = 128 * 1024;
/** The first chunk whose bytes have offsets that 32 bits cannot hold. */
const BEYOND_4_GIB = 2 ** 32 / CHUNK;
const IGNORE = { stored: (): void => undefined, unsent: (): void => undefined };

for (const kind of TARGET_KINDS) {
  describe(`a receiver of ${kind.name}`, needs(DASH, BUSYBOX), () => {
    it('writes a chunk beyond 4 GiB', async (t) => {
      const home = temporaryDirectory(t);
      mkdirSync(join(home, 'there'));
      const target = await createLocalTarget(kind, home);
      const start = target.start(new AbortController().signal);
      const tools = { start, clock: target.clock, stalled: () => new Error('stalled') };
      const session = await openReceiverSession(tools, IGNORE);
      await session.run(Buffer.from(`cd '${home}/there'`));
      const data = Buffer.from('content');
      await session.send({ index: BEYOND_4_GIB + 1, data, free: () => undefined });
      await session.quit();

      const path = join(home, 'there', 'data');
      assert.equal(statSync(path).size, 2 ** 32 + CHUNK + data.length);
      const file = openSync(path, 'r');
      const read = Buffer.alloc(data.length);
      readSync(file, read, 0, read.length, 2 ** 32 + CHUNK);
      closeSync(file);
      assert.deepEqual(read, data);
    });

    it('writes what it has read at once, not in the blocks of 512 bytes of dd', async (t) => {
      const home = temporaryDirectory(t);
      const log = join(home, 'log');
      const dd = `echo "$*" >>'${log}'\nexec ${ownProgram(kind, 'dd')} "$@"`;
      const target = await createLocalTarget(kind, home, { programs: { dd } });
      await runUpload(requestOf(randomBytes(CHUNK)), target);
      const reads = readFileSync(log, 'utf8').split('\n');
      const exact = reads.filter((words) => words.includes('fullblock'));
      assert.ok(exact.length > 0);
      for (const words of exact) assert.match(words, /(?:^| )(?:bs|obs)=/);
    });
  });
}
