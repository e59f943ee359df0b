import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { signMachO } from '../../../build/mach-o/sign.ts';
import { TARGET_NAMES } from '../../../build/targets.ts';
import { runTool } from '../../../build/tool.ts';
import { tryIdentities, type IdentityTrial } from '../../../packaging/signing/try-identities.ts';
import { smallMachO } from '../../build/mach-o/support/small-mach-o.ts';
import { createSigningCertificate } from '../../build/support/signing-certificate.ts';
import { standInTool, withoutTools } from '../../build/support/stand-in-tool.ts';
import { requireTools } from '../../support/require-tools.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { GPG, GPGCONF, MINISIGN, OSSLSIGNCODE } from '../../support/tools.ts';
import { MAKENSIS, SETUP_STUB } from '../../support/windows-tools.ts';
import { useKeyRing } from '../support/gpg-key.ts';
import { smallRelease } from '../support/small-release.ts';

interface Trial {
  /** What the build would print. */
  readonly steps: readonly string[];
  /** Systems whose runtime was signed. */
  readonly runtimes: readonly string[];
  readonly run: () => void;
}

/** A trial for all targets, with small executables as their runtimes. */
function trialOf(
  t: TestContext,
  env: IdentityTrial['env'],
  changes: Partial<IdentityTrial> = {},
): Trial {
  const steps: string[] = [];
  const runtimes: string[] = [];
  const machO = join(temporaryDirectory(t), 'node');
  writeFileSync(machO, signMachO(smallMachO({ architecture: 'x86_64' }), 'node'));
  const run = (): void =>
    tryIdentities({
      release: smallRelease('1.3.0.0'),
      targets: TARGET_NAMES,
      env,
      runtimeFor: (runtime) => {
        runtimes.push(runtime);
        return runtime.startsWith('win32') ? SETUP_STUB : machO;
      },
      begin: (step) => steps.push(step),
      ...changes,
    });
  return { steps, runtimes, run };
}

describe('the identities of a build', () => {
  it('are none by default: nothing is signed, and no runtime fetched', (t) => {
    const trial = trialOf(t, {});
    trial.run();
    assert.deepEqual([trial.steps, trial.runtimes], [[], []]);
  });

  it('sign before anything is built: with gpg and minisign', (t) => {
    if (!requireTools(t, GPG, GPGCONF, MINISIGN)) return;
    const { fingerprint, passphraseFile } = useKeyRing(t)('Release Test <release@example.com>');
    const env = {
      SSM_SIGN_GPG_KEY: fingerprint,
      SSM_SIGN_GPG_PASSPHRASE_FILE: passphraseFile,
      SSM_SIGN_MINISIGN_KEY: minisignKey(t),
    };
    const trial = trialOf(t, env);
    trial.run();
    assert.deepEqual(trial.steps, [
      'test signature: SSM_SIGN_GPG_KEY (SHA256SUMS, rpm packages and repositories)',
      'test signature: SSM_SIGN_MINISIGN_KEY (SHA256SUMS)',
    ]);

    // gpg-agent must not answer in place of the file.
    runTool(GPGCONF, ['--kill', 'all']);
    const wrong = join(temporaryDirectory(t), 'wrong');
    writeFileSync(wrong, 'not this one\n');
    const refused = trialOf(t, {
      ...env,
      SSM_SIGN_GPG_PASSPHRASE_FILE: wrong,
      SSM_SIGN_MINISIGN_KEY: wrong,
    });
    assert.throws(refused.run, (error: unknown) => {
      assert.ok(error instanceof Error && error.name === 'BuildError');
      // All that has to be set right is in one message.
      assert.match(error.message, /^SSM_SIGN_GPG_KEY \(.*\): cannot sign: .*Bad passphrase/ms);
      assert.match(error.message, /^SSM_SIGN_MINISIGN_KEY \(.*\): cannot sign: /m);
      assert.doesNotMatch(error.message, /not this one/);
      return true;
    });
    assert.throws(
      trialOf(t, { SSM_SIGN_GPG_KEY: 'F'.repeat(40) }).run,
      /^BuildError: SSM_SIGN_GPG_KEY \(.*\): cannot sign: /,
    );
  });

  it('sign for Windows, if the build has such a target', (t) => {
    if (!requireTools(t, OSSLSIGNCODE) || !requireTools(t, MAKENSIS)) return;
    const { pkcs12, passwordFile, authority } = createSigningCertificate(temporaryDirectory(t));
    const env = {
      SSM_SIGN_WINDOWS_CERTIFICATE: pkcs12,
      SSM_SIGN_WINDOWS_PASSWORD_FILE: passwordFile,
    };
    const stub = readFileSync(SETUP_STUB);
    const trial = trialOf(t, env);
    trial.run();
    assert.deepEqual(trial.steps, [
      'test signature: SSM_SIGN_WINDOWS_CERTIFICATE (programs and setups for Windows)',
    ]);
    assert.deepEqual(trial.runtimes, ['win32-x64']);
    assert.deepEqual(readFileSync(SETUP_STUB), stub);

    const unusable = { ...env, SSM_SIGN_WINDOWS_CERTIFICATE: authority };
    assert.throws(
      trialOf(t, unusable).run,
      /^BuildError: SSM_SIGN_WINDOWS_CERTIFICATE \(.*\): cannot sign: .*osslsigncode/,
    );
    const elsewhere = trialOf(t, unusable, { targets: ['linux-x64', 'macos-arm64'] });
    elsewhere.run();
    assert.deepEqual(elsewhere.steps, []);
  });

  it('sign for macOS, if the build has such a target', (t) => {
    const env = {
      SSM_SIGN_MACOS_INSTALLER_IDENTITY: 'Developer ID Installer: Example (ABCDE12345)',
    };
    const signed = join(temporaryDirectory(t), 'signed.pkg');
    writeFileSync(signed, 'a signed package');
    const tool = standInTool(t, 'productsign', signed);
    const trial = trialOf(t, env, { targets: ['macos-x64'] });
    trial.run();
    assert.deepEqual(trial.steps, [
      'test signature: SSM_SIGN_MACOS_INSTALLER_IDENTITY (packages for macOS)',
    ]);
    assert.equal(tool.calls().length, 1);

    withoutTools(t);
    const both = {
      ...env,
      SSM_SIGN_MACOS_IDENTITY: 'Developer ID Application: Example (ABCDE12345)',
    };
    assert.throws(trialOf(t, both).run, (error: unknown) => {
      assert.ok(error instanceof Error);
      assert.deepEqual(
        error.message.split('\n').map((line) => line.replace(/,.*/, '')),
        [
          'SSM_SIGN_MACOS_IDENTITY (programs for macOS): cannot sign: codesign is missing',
          'SSM_SIGN_MACOS_INSTALLER_IDENTITY (packages for macOS): cannot sign: productsign is missing',
        ],
      );
      return true;
    });
    assert.doesNotThrow(trialOf(t, both, { targets: ['linux-x64'] }).run);
  });

  it('leave no file there', (t) => {
    const temporary = temporaryDirectory(t);
    const before = process.env['TMPDIR'];
    process.env['TMPDIR'] = temporary;
    t.after(() => {
      if (before === undefined) delete process.env['TMPDIR'];
      else process.env['TMPDIR'] = before;
    });
    assert.throws(trialOf(t, { SSM_SIGN_MACOS_IDENTITY: 'me' }).run);
    assert.deepEqual(
      readdirSync(temporary).filter((name) => name.startsWith('session-manager-plugin-signature')),
      [],
    );
  });
});

/** @returns the path of a key without password */
function minisignKey(t: TestContext): string {
  const directory = temporaryDirectory(t);
  const keyFile = join(directory, 'release.key');
  runTool(MINISIGN, ['-G', '-W', '-p', join(directory, 'release.pub'), '-s', keyFile]);
  return keyFile;
}
