import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { chooseTargets, TARGET_NAMES } from '../../build/targets.ts';

suite('targets on the command line', () => {
  test('are all when none is named', () => {
    assert.deepEqual(chooseTargets([]), TARGET_NAMES);
  });

  test('are those that are named', () => {
    assert.deepEqual(chooseTargets(['windows-x64', 'linux-x86']), ['windows-x64', 'linux-x86']);
  });

  test('are refused by name when they are unknown, and the error lists the known ones', () => {
    assert.throws(
      () => chooseTargets(['linux-x64', 'solaris']),
      /no target solaris: .*macos-arm64/,
    );
  });
});
