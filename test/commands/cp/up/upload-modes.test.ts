import assert from 'node:assert/strict';
import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { runUpload } from '../../../../src/commands/cp/up/run-upload.ts';
import { needs } from '../../../support/require-tools.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';
import { BUSYBOX, DASH } from '../../../support/tools.ts';
import { createLocalTarget, TARGET_KINDS, TARGET_UMASK } from './support/local-target.ts';
import { requestOf } from './support/upload-request.ts';

const DATA = Buffer.from('new');

function modeOf(path: string): string {
  return (statSync(path).mode & 0o7777).toString(8);
}

for (const kind of TARGET_KINDS) {
  describe(`the mode and time of a copy to ${kind.name}`, needs(DASH, BUSYBOX), () => {
    it('are, for a new file, those of the source less the umask there', async (t) => {
      const home = temporaryDirectory(t);
      const target = await createLocalTarget(kind, home);
      await runUpload(requestOf(DATA, { mode: 0o777 }), target);
      assert.equal(modeOf(join(home, 'file')), (0o777 & ~TARGET_UMASK).toString(8));
    });

    it('are those of the file that it replaces, which never become wider', async (t) => {
      const home = temporaryDirectory(t);
      const target = await createLocalTarget(kind, home);
      const file = join(home, 'file');
      writeFileSync(file, 'old');
      const kept = [
        [0o600, 0o600],
        [0o640, 0o640],
        [0o2755, 0o755],
        [0o4510, 0o510],
        [0o7666, 0o666],
        [0o1646, 0o646],
      ] as const;
      for (const [old, expected] of kept) {
        chmodSync(file, old);
        assert.equal((await runUpload(requestOf(DATA), target)).kind, 'done');
        assert.equal(modeOf(file), expected.toString(8));
      }
      assert.equal(readFileSync(file, 'utf8'), 'new');
    });

    it('are the closest possible time for times that no tool there takes', async (t) => {
      const home = temporaryDirectory(t);
      const target = await createLocalTarget(kind, home);
      const end = await runUpload(requestOf(DATA, { modifiedAt: new Date(-1e14) }), target);
      assert.equal(end.kind, 'done');
      assert.equal(statSync(join(home, 'file')).mtimeMs, 0);
      const late = await runUpload(requestOf(DATA, { modifiedAt: new Date(8.64e15) }), target);
      assert.equal(late.kind, 'done');
    });
  });
}
