import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { closeSync, mkdirSync, openSync, readdirSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { needs } from '../../../support/require-tools.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';
import { collect, downloaderFrom, type CopySetup } from './support/copy-from.ts';
import { createShellTarget } from './support/shell-target.ts';
import { POSIX_SHELLS, type PosixShell } from '../../../support/posix-shells.ts';
import { targetShell } from './support/target-shells.ts';

/** More than the largest window, and no whole unit. */
const MANY_BYTES = 9_000_001;

function prepare(t: TestContext, posixShell: PosixShell, setup: CopySetup = {}) {
  const shell = targetShell(t, posixShell);
  const target = createShellTarget(t, shell);
  const directory = temporaryDirectory(t);
  const onTarget = join(directory, "it's $(tmp)");
  mkdirSync(onTarget);
  const downloader = downloaderFrom(target, shell, onTarget, setup);
  const put = (content: Buffer) => {
    const path = join(directory, 'source');
    writeFileSync(path, content);
    return { path, size: content.length };
  };
  /** Nothing is left on the target, and no session. */
  const assertClean = async () => {
    await downloader.close();
    assert.deepEqual(readdirSync(onTarget), []);
    assert.equal(target.running(), 0);
  };
  return { target, downloader, put, assertClean, directory };
}

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

for (const shell of POSIX_SHELLS) {
  describe(`a copy from a target with ${shell.name}`, needs(shell.tool), () => {
    for (const size of [0, 1, 49_152, MANY_BYTES]) {
      it(`brings a file of ${size} bytes`, async (t) => {
        const { downloader, put, assertClean } = prepare(t, shell);
        const content = randomBytes(size);
        const copy = collect(put(content));
        const { bytes } = await downloader.download(copy.order);
        assert.equal(bytes, size);
        assert.ok(copy.bytes().equals(content));
        await assertClean();
      });
    }

    it('continues after 4 GiB, in the middle of a block', async (t) => {
      const { downloader, put, assertClean } = prepare(t, shell);
      const { path } = put(Buffer.alloc(0));
      const end = randomBytes(100_001);
      const from = 5 * 2 ** 30 + 7;
      const file = openSync(path, 'w');
      writeSync(file, end, 0, end.length, from);
      closeSync(file);
      const copy = collect({ path, size: from + end.length }, { from });
      await downloader.download(copy.order);
      assert.ok(copy.bytes().equals(end));
      await assertClean();
    });

    it('brings the output of a script, with the SHA-256 of the target', async (t) => {
      const { downloader, put, assertClean } = prepare(t, shell);
      const content = randomBytes(MANY_BYTES);
      const { path } = put(content);
      const copy = collect({ script: `cat '${path}'` });
      const { sha256: hash } = await downloader.download(copy.order);
      assert.ok(copy.bytes().equals(content));
      assert.equal(hash, sha256(content));
      await assertClean();
    });
  });
}
