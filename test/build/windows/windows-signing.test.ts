import assert from 'node:assert/strict';
import { copyFileSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { runTool } from '../../../build/tool.ts';
import {
  describeWindowsSigning,
  signWindowsExecutable,
  windowsSigning,
} from '../../../build/windows/windows-signing.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { createSigningCertificate } from '../support/signing-certificate.ts';
import { requireTools } from '../../support/require-tools.ts';
import { MAKENSIS, SETUP_STUB } from '../../support/windows-tools.ts';

const OSSLSIGNCODE = { program: 'osslsigncode', debianPackage: 'osslsigncode' };

interface Signed {
  readonly path: string;
  readonly directory: string;
  readonly password: string;
  readonly authority: string;
  readonly env: Readonly<Record<string, string>>;
}

/** A certificate, and an executable that is not signed yet. */
function prepare(t: TestContext): Signed {
  const directory = temporaryDirectory(t);
  const { pkcs12, passwordFile, password, authority } = createSigningCertificate(directory);
  const path = join(directory, 'program.exe');
  copyFileSync(SETUP_STUB, path);
  const env = {
    SSM_SIGN_WINDOWS_CERTIFICATE: pkcs12,
    SSM_SIGN_WINDOWS_PASSWORD_FILE: passwordFile,
  };
  return { path, directory, password, authority, env };
}

function now(): number {
  return Math.floor(Date.now() / 1000);
}

function isReady(t: TestContext): boolean {
  return requireTools(t, OSSLSIGNCODE) && requireTools(t, MAKENSIS);
}

describe('an executable for Windows', () => {
  it('is signed with the certificate that the environment names', (t) => {
    if (!isReady(t)) return;
    const { path, directory, authority, env } = prepare(t);
    const before = readdirSync(directory);
    signWindowsExecutable(path, windowsSigning(env), now());
    const verified = runTool(OSSLSIGNCODE, ['verify', '-CAfile', authority, path]).toString();
    assert.match(verified, /Signer #0:\s+Subject: .*CN=Test Signer/);
    assert.match(verified, /Message digest algorithm {2}: SHA256/);
    assert.match(verified, /Text description: Session Manager Plugin/);
    assert.match(verified, /Signature verification: ok/);
    assert.deepEqual(readdirSync(directory), before);
    assert.equal(statSync(path).mode & 0o777, statSync(SETUP_STUB).mode & 0o777);
  });

  it('gets the same signature for the same time', (t) => {
    if (!isReady(t)) return;
    const { path, directory, env } = prepare(t);
    const again = join(directory, 'again.exe');
    copyFileSync(path, again);
    const time = now();
    signWindowsExecutable(path, windowsSigning(env), time);
    signWindowsExecutable(again, windowsSigning(env), time);
    assert.ok(readFileSync(path).equals(readFileSync(again)));
  });

  it('is unchanged without an identity, and the build reports it', (t) => {
    if (!isReady(t)) return;
    const { path } = prepare(t);
    const signing = windowsSigning({ SSM_SIGN_WINDOWS_CERTIFICATE: '' });
    signWindowsExecutable(path, signing, now());
    assert.ok(readFileSync(path).equals(readFileSync(SETUP_STUB)));
    assert.equal(
      describeWindowsSigning(signing),
      'Windows executables: unsigned (SSM_SIGN_WINDOWS_CERTIFICATE is not set)',
    );
  });

  it('is not signed with a wrong password, which no text repeats', (t) => {
    if (!isReady(t)) return;
    const { path, directory, password, env } = prepare(t);
    const wrong = join(directory, 'wrong');
    writeFileSync(wrong, `${password}-not`);
    const signing = windowsSigning({ ...env, SSM_SIGN_WINDOWS_PASSWORD_FILE: wrong });
    assert.throws(
      () => signWindowsExecutable(path, signing, now()),
      (error) =>
        error instanceof Error && error.name === 'ToolError' && !error.message.includes(password),
    );
    assert.ok(readFileSync(path).equals(readFileSync(SETUP_STUB)));
  });

  it('needs the password’s file, and files that are there', (t) => {
    if (!isReady(t)) return;
    const { env } = prepare(t);
    assert.throws(
      () => windowsSigning({ ...env, SSM_SIGN_WINDOWS_PASSWORD_FILE: undefined }),
      /SSM_SIGN_WINDOWS_CERTIFICATE needs SSM_SIGN_WINDOWS_PASSWORD_FILE/,
    );
    assert.throws(
      () => windowsSigning({ ...env, SSM_SIGN_WINDOWS_CERTIFICATE: '/none/x.p12' }),
      /SSM_SIGN_WINDOWS_CERTIFICATE: there is no file \/none\/x\.p12/,
    );
  });
});
