import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { chooseTargets, TARGET_NAMES } from '../../build/targets.ts';

describe('targets on the command line', () => {
  it('are all when none is named', () => {
    assert.deepEqual(chooseTargets([]), TARGET_NAMES);
  });

  it('are those that are named, once, in the order in which releases record them', () => {
    assert.deepEqual(chooseTargets(['linux-x86', 'windows-x64', 'linux-x86']), [
      'windows-x64',
      'linux-x86',
    ]);
  });

  it('are refused by name when they are unknown, and the error lists the known ones', () => {
    assert.throws(
      () => chooseTargets(['linux-x64', 'solaris']),
      /no target solaris: .*macos-arm64/,
    );
  });
});
