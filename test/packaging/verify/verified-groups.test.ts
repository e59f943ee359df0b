import assert from 'node:assert/strict';
import { appendFileSync, cpSync, globSync, readFileSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { ROOT } from '../../../build/runtime/setup.mjs';
import { inputFiles } from '../../../packaging/verify/input-digest.ts';
import {
  digestOfGroup,
  isDue,
  isMade,
  patternsOf,
  testsOf,
  VERIFIED_GROUPS,
} from '../../../packaging/verify/verified-groups.ts';
import { recordVerifiedInputs } from '../../../packaging/verify/verified-inputs.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

/** A copy of everything that can be an input. */
function copyOfProject(t: TestContext): string {
  const root = temporaryDirectory(t);
  for (const directory of ['build', 'packaging', 'test']) {
    cpSync(join(ROOT, directory), join(root, directory), { recursive: true });
  }
  return root;
}

for (const group of VERIFIED_GROUPS.filter((each) => patternsOf(each).length > 0)) {
  describe(`the group ${group}`, () => {
    it('has files for each of its patterns, and tests that can be left out', () => {
      for (const pattern of patternsOf(group)) {
        assert.notDeepEqual(globSync(pattern, { cwd: ROOT }), [], pattern);
      }
      assert.notDeepEqual(testsOf(group), []);
      for (const path of testsOf(group)) {
        const text = readFileSync(join(ROOT, path), 'utf8');
        assert.match(text, /InputsChanged\(|requireTargets\(|requirePackages\(/, path);
      }
    });

    it('is due after one byte of any of its inputs has changed', (t) => {
      const root = copyOfProject(t);
      const env = {};
      recordVerifiedInputs(root, { [group]: digestOfGroup(group, root) ?? '' });
      assert.equal(isDue(group, root, env), false);
      for (const path of inputFiles(root, patternsOf(group))) {
        const file = join(root, path);
        const size = readFileSync(file).length;
        appendFileSync(file, '\n');
        assert.equal(isDue(group, root, env), true, path);
        truncateSync(file, size);
      }
      assert.equal(isDue(group, root, env), false);
    });
  });
}

describe('a group', () => {
  const group = 'repositories';

  it('is always due with SSM_TEST_ALL_PACKAGES=1', () => {
    assert.equal(isDue(group, ROOT, { SSM_TEST_ALL_PACKAGES: '1' }), true);
  });

  it('is made for each release; quick builds make what is no part of a group', () => {
    assert.equal(isMade(group, 'small'), true);
    assert.equal(isMade(undefined, 'fast'), true);
  });
});
