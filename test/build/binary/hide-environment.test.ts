import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { hideEnvironment, UnknownVariableError } from '../../../build/binary/hide-environment.ts';

function hidden(text: string): string {
  const runtime = Buffer.from(text, 'latin1');
  hideEnvironment(runtime);
  return runtime.toString('latin1');
}

describe('hiding the environment from a runtime', () => {
  it('changes names where the runtime reads them, in its code and in its scripts', () => {
    assert.equal(
      hidden('\0NODE_OPTIONS\0if (process.env.NODE_DEBUG) {}\0NODE_V8_COVERAGE'),
      '\0$ODE_OPTIONS\0if (process.env.$ODE_DEBUG) {}\0$ODE_V8_COVERAGE',
    );
  });

  it('changes the names with which OpenSSL loads code', () => {
    assert.equal(
      hidden('\0OPENSSL_CONF\0OPENSSL_MODULES\0OPENSSL_ENGINES\0OPENSSL_CONF_INCLUDE\0'),
      '\0$PENSSL_CONF\0$PENSSL_MODULES\0$PENSSL_ENGINES\0$PENSSL_CONF_INCLUDE\0',
    );
  });

  it('leaves the length and everything else as it is', () => {
    const others =
      'NODE_SEA_BLOB NODE_DEBUG_ENABLED MY_NODE_PATH $NODE_PATH NODE_PATHS node_options NODE_ ' +
      'OPENSSL_init_ssl OPENSSL_VERSION NODE_OPENSSL_CONF_NAME';
    assert.equal(hidden(others), others);
  });

  it('finds a name at the very beginning and the very end', () => {
    assert.equal(hidden('NODE_PATH and NODE_PATH'), '$ODE_PATH and $ODE_PATH');
  });

  it('returns the names that it has found', () => {
    const runtime = Buffer.from('NODE_PATH NODE_OPTIONS NODE_PATH');
    assert.deepEqual([...hideEnvironment(runtime)], ['NODE_PATH', 'NODE_OPTIONS']);
  });

  it('refuses a runtime with a script that reads an unknown variable', () => {
    for (const script of ['process.env.NODE_BRAND_NEW', 'const { a = env.NODE_BRAND_NEW }']) {
      assert.throws(
        () => hidden(script),
        (error: unknown) =>
          error instanceof UnknownVariableError && error.message.includes('NODE_BRAND_NEW'),
      );
    }
  });
});
