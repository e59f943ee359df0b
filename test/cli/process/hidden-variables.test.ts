import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { restoreHiddenVariables } from '../../../src/cli/process/hidden-variables.ts';

describe('variables that the launcher has hidden from the loader', () => {
  it('get their names again, and others stay', () => {
    const env = { $D_PRELOAD: 'libfoo.so', $D_LIBRARY_PATH: '', LDFLAGS: '-s', HOME: '/root' };
    restoreHiddenVariables(env);
    assert.deepEqual(env, {
      LD_PRELOAD: 'libfoo.so',
      LD_LIBRARY_PATH: '',
      LDFLAGS: '-s',
      HOME: '/root',
    });
  });
});
