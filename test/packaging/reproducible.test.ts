import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ROOT } from '../../build/runtime/setup.mjs';
import { readMadeRelease } from '../../packaging/release-settings.ts';
import {
  compareBuilds,
  filesOfBundle,
  filesOfEveryTarget,
  filesOfTarget,
  unreadableFiles,
} from '../../packaging/verify/compare-builds.ts';
import { buildElsewhere } from '../../packaging/verify/second-build.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { requireTargets } from './support/made-targets.ts';

/** One of the targets with a native binary; `npm run verify-release` builds all of them again. */
const TARGET = 'linux-x64';

describe('built a second time, in another directory and by another user,', () => {
  it(`the bundle, the npm package, the binary and the packages for ${TARGET} are the same, and readable`, async (t) => {
    if (!requireTargets(t, TARGET)) return;
    const release = readMadeRelease();
    const root = await buildElsewhere({
      release,
      targets: [TARGET],
      directory: temporaryDirectory(t),
      progress: 'captured',
    });
    const files = compareBuilds(
      [ROOT, root],
      [...filesOfBundle(), ...filesOfEveryTarget(), ...filesOfTarget(TARGET, release)],
    );
    for (const ending of ['.deb', '.tar.gz', '.tgz']) {
      assert.ok(
        files.some(({ path }) => path.endsWith(ending)),
        ending,
      );
    }
    assert.deepEqual(
      files.map(({ path, second }) => ({ path, digest: second })),
      files.map(({ path, first }) => ({ path, digest: first })),
    );
    assert.deepEqual(unreadableFiles(root), []);
  });
});
