import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { SigningSettingsError } from '../../../build/signing-settings.ts';
import {
  describeInstallerSigning,
  installerSigning,
  signFlatPackage,
} from '../../../packaging/macos/installer-signing.ts';
import { standInTool, withoutTools } from '../../build/support/stand-in-tool.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const KEYCHAIN = 'Developer ID Installer: Example (ABCDE12345)';
const UNSIGNED = Buffer.from('an unsigned package');
const SIGNED = Buffer.from('a signed package');

/** Files with these names in a directory of the test's own. */
function files(t: TestContext, ...names: readonly string[]): readonly string[] {
  const directory = temporaryDirectory(t);
  return names.map((name) => {
    const path = join(directory, name);
    writeFileSync(path, SIGNED);
    return path;
  });
}

describe('a flat package without an identity', () => {
  it('is not signed, and the build reports it', () => {
    const signing = installerSigning({ SSM_SIGN_MACOS_PASSWORD_FILE: 'password' });
    assert.equal(signFlatPackage(UNSIGNED, signing), UNSIGNED);
    assert.equal(
      describeInstallerSigning(signing),
      'macOS packages: not signed (SSM_SIGN_MACOS_INSTALLER_CERTIFICATE and SSM_SIGN_MACOS_INSTALLER_IDENTITY are not set)',
    );
  });
});

// No real productsign or rcodesign runs here. What they are called with is as productsign(1) and
// `rcodesign help sign` (apple-codesign 0.29) document it.

describe('productsign', () => {
  const env = { SSM_SIGN_MACOS_INSTALLER_IDENTITY: KEYCHAIN };

  it('gets the identity of the keychain and writes the signed package', (t) => {
    const [result = ''] = files(t, 'result');
    const tool = standInTool(t, 'productsign', result);
    const signing = installerSigning(env);
    assert.deepEqual(signFlatPackage(UNSIGNED, signing), SIGNED);
    const [call = [], ...others] = tool.calls();
    assert.deepEqual(others, []);
    const [input = '', output = ''] = call.slice(-2);
    assert.deepEqual(call, ['--sign', KEYCHAIN, '--timestamp', input, output]);
    assert.notEqual(input, output);
    assert.equal(
      describeInstallerSigning(signing),
      `macOS packages: signed by productsign as ${KEYCHAIN}`,
    );
  });

  it('is missing on other systems than macOS: the error explains what to do', (t) => {
    withoutTools(t);
    assert.throws(
      () => signFlatPackage(UNSIGNED, installerSigning(env)),
      new SigningSettingsError(
        'productsign is missing, which only a Mac has: run the build on a Mac, or unset SSM_SIGN_MACOS_INSTALLER_IDENTITY',
      ),
    );
  });
});

describe('rcodesign for a flat package', () => {
  it('gets the key and the password file, of the installer or else of the programs', (t) => {
    const [result = '', certificate = '', own = '', shared = ''] = files(
      t,
      ...['result', 'installer.p12', 'own', 'shared'],
    );
    const tool = standInTool(t, 'rcodesign', result);
    const settings = {
      SSM_SIGN_MACOS_INSTALLER_CERTIFICATE: certificate,
      SSM_SIGN_MACOS_PASSWORD_FILE: shared,
    };
    for (const [env, passwordFile] of [
      [settings, shared],
      [{ ...settings, SSM_SIGN_MACOS_INSTALLER_PASSWORD_FILE: own }, own],
    ] as const) {
      const signing = installerSigning(env);
      assert.deepEqual(signFlatPackage(UNSIGNED, signing), SIGNED);
      const call = tool.calls().at(-1) ?? [];
      const key = ['--p12-file', certificate, '--p12-password-file', passwordFile];
      assert.deepEqual(call, ['sign', ...key, ...call.slice(-2)]);
      assert.equal(
        describeInstallerSigning(signing),
        `macOS packages: signed by rcodesign with ${certificate}`,
      );
    }
  });

  it('needs a password file', (t) => {
    const [certificate = ''] = files(t, 'installer.p12');
    assert.throws(
      () => installerSigning({ SSM_SIGN_MACOS_INSTALLER_CERTIFICATE: certificate }),
      /SSM_SIGN_MACOS_INSTALLER_CERTIFICATE needs SSM_SIGN_MACOS_INSTALLER_PASSWORD_FILE/,
    );
  });
});
