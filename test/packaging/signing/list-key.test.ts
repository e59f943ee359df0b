import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isListUnsigned, requireListKey } from '../../../packaging/signing/list-key.ts';

const KEYS = [{ SSM_SIGN_GPG_KEY: 'ABCD1234' }, { SSM_SIGN_MINISIGN_KEY: '/etc/hostname' }];

describe('a release', () => {
  it('needs a key that signs the list of digests', () => {
    for (const env of KEYS) {
      assert.doesNotThrow(() => requireListKey(true, false, env));
      assert.equal(isListUnsigned(env), false);
    }
    // Those of Windows and macOS sign nothing else.
    for (const env of [{}, { SSM_SIGN_GPG_KEY: '' }, { SSM_SIGN_MACOS_IDENTITY: 'me' }]) {
      assert.equal(isListUnsigned(env), true);
      assert.throws(() => requireListKey(true, false, env), {
        name: 'BuildError',
        message:
          'no key signs SHA256SUMS: set SSM_SIGN_GPG_KEY or SSM_SIGN_MINISIGN_KEY, or build a release without signature: --unsigned',
      });
    }
  });

  it('has none if a person has decided so, and the option has no other effect', () => {
    assert.doesNotThrow(() => requireListKey(true, true, {}));
    for (const env of KEYS) {
      assert.throws(() => requireListKey(true, true, env), /--unsigned is given, but a key signs/);
    }
  });
});

describe('a quick build', () => {
  it('needs no key, and refuses the option', () => {
    for (const env of [{}, ...KEYS]) assert.doesNotThrow(() => requireListKey(false, false, env));
    assert.throws(
      () => requireListKey(false, true, {}),
      /--unsigned has an effect with --release only: remove it/,
    );
  });
});
