import assert from 'node:assert/strict';
import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { TARGET_NAMES } from '../../build/targets.ts';
import { OUTPUTS } from '../../packaging/release-settings.ts';
import { checkDownloadSize, checkTreeSize, SizeError } from '../../packaging/size-limits.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { requireTargets } from './support/made-targets.ts';

const DEB = 'ubuntu_64bit/session-manager-plugin.deb';

/** A file of that size without content. */
function fileOf(t: TestContext, bytes: number): string {
  const file = join(temporaryDirectory(t), 'file');
  writeFileSync(file, '');
  truncateSync(file, bytes);
  return file;
}

describe('the size of packages', () => {
  for (const name of TARGET_NAMES) {
    it(`for ${name} allows at most 124 MB to be installed`, (t) => {
      if (!requireTargets(t, name)) return;
      checkTreeSize(join(OUTPUTS.trees, name));
    });
  }

  it('stops a release with a larger tree, a deb or rpm above 28 MB, or an npm package above 600 KB', (t) => {
    const large = fileOf(t, 28_000_001);
    assert.throws(() => checkDownloadSize(DEB, large), SizeError);
    assert.throws(() => checkDownloadSize(DEB, large), /28\.00 MB, and 28\.00 MB is the limit/);
    checkDownloadSize(DEB, fileOf(t, 28_000_000));
    checkDownloadSize('ubuntu_32bit/session-manager-plugin.deb', large);
    checkDownloadSize('windows/SessionManagerPlugin.zip', large);
    assert.throws(() => checkDownloadSize('plugin.tgz', fileOf(t, 600_001)), SizeError);
    checkDownloadSize('plugin.tgz', fileOf(t, 600_000));
    const tree = temporaryDirectory(t);
    writeFileSync(join(tree, 'program'), '');
    truncateSync(join(tree, 'program'), 124_000_001);
    assert.throws(() => checkTreeSize(tree), SizeError);
  });
});
