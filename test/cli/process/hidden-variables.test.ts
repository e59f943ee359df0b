import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { restoreHiddenVariables } from '../../../src/cli/process/hidden-variables.ts';

const HIDDEN = {
  $D_PRELOAD: 'libfoo.so',
  $D_LIBRARY_PATH: '',
  $LIBC_TUNABLES: 'glibc.rtld.nns=2',
  $OTHER: '',
  LDFLAGS: '-s',
  HOME: '/root',
};

describe('variables that the launcher has hidden from the loader', () => {
  it('get their names again, and others stay', () => {
    const env = { ...HIDDEN };
    restoreHiddenVariables(env, () => true);
    assert.deepEqual(env, {
      LD_PRELOAD: 'libfoo.so',
      LD_LIBRARY_PATH: '',
      GLIBC_TUNABLES: 'glibc.rtld.nns=2',
      $OTHER: '',
      LDFLAGS: '-s',
      HOME: '/root',
    });
  });

  it('stay as they are in a program without a launcher, which has hidden none', () => {
    const env = { ...HIDDEN };
    restoreHiddenVariables(env);
    assert.deepEqual(env, HIDDEN);
  });

  it('cost no look at the record of the build where there are none', () => {
    restoreHiddenVariables({ HOME: '/root' }, () => assert.fail('it was read'));
  });
});
