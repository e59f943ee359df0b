import assert from 'node:assert/strict';
import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import {
  describeMacosSigning,
  macosSigning,
  signMacosProgram,
  SigningSettingsError,
} from '../../../build/mach-o/macos-signing.ts';
import { signMachO } from '../../../build/mach-o/sign.ts';
import { IdentityError } from '../../../build/signing-identity.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { createSigningCertificate, TEAM } from '../support/signing-certificate.ts';
import { smallMachO } from './support/small-mach-o.ts';
import { requireTools } from '../../support/require-tools.ts';
import { OPENSSL } from '../../support/tools.ts';

const OPTIONS = { identifier: 'session-manager-plugin', signingTime: 1_770_000_000 };

function unsignedProgram(t: TestContext): string {
  const program = join(temporaryDirectory(t), 'program');
  writeFileSync(program, smallMachO({ architecture: 'arm64' }), { mode: 0o755 });
  return program;
}

test('without an identity in the environment nobody signs, and that is said', (t) => {
  const signing = macosSigning({ SSM_SIGN_MACOS_CERTIFICATE: '' });
  assert.deepEqual(signing, { kind: 'ad-hoc' });
  assert.match(describeMacosSigning(signing), /^macOS programs: signed ad hoc, by nobody/);
  const program = unsignedProgram(t);
  assert.equal(signMacosProgram(program, signing, OPTIONS).adHoc, true);
  assert.equal(statSync(program).mode & 0o777, 0o755);
});

for (const oldCiphers of [false, true]) {
  const ciphers = oldCiphers ? 'with the old ciphers that macOS exports' : '';
  test(`SSM_SIGN_MACOS_CERTIFICATE is a PKCS#12 file ${ciphers}`.trim(), (t) => {
    if (!requireTools(t, OPENSSL)) return;
    const { pkcs12, passwordFile } = createSigningCertificate(temporaryDirectory(t), {
      oldCiphers,
    });
    const signing = macosSigning({
      SSM_SIGN_MACOS_CERTIFICATE: pkcs12,
      SSM_SIGN_MACOS_PASSWORD_FILE: passwordFile,
    });
    assert.match(describeMacosSigning(signing), /signed with .*signer\.p12, hardened runtime/);
    assert.equal(signMacosProgram(unsignedProgram(t), signing, OPTIONS).teamIdentifier, TEAM);
  });
}

test('settings that do not go together are named', () => {
  assert.throws(
    () => macosSigning({ SSM_SIGN_MACOS_CERTIFICATE: 'a.p12' }),
    (error) =>
      error instanceof SigningSettingsError &&
      error.message.includes('SSM_SIGN_MACOS_PASSWORD_FILE'),
  );
  assert.throws(
    () => macosSigning({ SSM_SIGN_MACOS_CERTIFICATE: 'a.p12', SSM_SIGN_MACOS_IDENTITY: 'me' }),
    /both set/,
  );
});

test('a wrong password is an error that names the files, and does not hold the password', (t) => {
  if (!requireTools(t, OPENSSL)) return;
  const { pkcs12, passwordFile } = createSigningCertificate(temporaryDirectory(t));
  writeFileSync(passwordFile, 'hunter2\n');
  const program = unsignedProgram(t);
  const unsigned = readFileSync(program);
  assert.throws(
    () =>
      signMacosProgram(
        program,
        { kind: 'certificate', certificate: pkcs12, passwordFile },
        OPTIONS,
      ),
    (error) =>
      error instanceof IdentityError &&
      error.message.includes(pkcs12) &&
      error.message.includes(passwordFile) &&
      !error.message.includes('hunter2'),
  );
  assert.deepEqual(readFileSync(program), unsigned);
});

test('a file that is not there, and a key that is not RSA, are errors that say so', (t) => {
  if (!requireTools(t, OPENSSL)) return;
  const { pkcs12, passwordFile } = createSigningCertificate(temporaryDirectory(t), {
    newKey: ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'],
  });
  const signWith = (certificate: string, password: string): void => {
    const signing = { kind: 'certificate', certificate, passwordFile: password } as const;
    signMacosProgram(unsignedProgram(t), signing, OPTIONS);
  };
  assert.throws(() => signWith(pkcs12, passwordFile), /not RSA/);
  assert.throws(() => signWith('/nowhere.p12', passwordFile), /\/nowhere\.p12: there is no such/);
  assert.throws(() => signWith(pkcs12, '/nowhere'), /\/nowhere: there is no such file/);
});

test('a program that is none is named', (t) => {
  const program = join(temporaryDirectory(t), 'program');
  writeFileSync(program, 'no program');
  assert.throws(
    () => signMacosProgram(program, { kind: 'ad-hoc' }, OPTIONS),
    (error) => error instanceof Error && error.message.startsWith(`${program}: `),
  );
});

/** Runs with a PATH on which a program of this name stands first. */
function withProgram(t: TestContext, name: string, script: string): string {
  const directory = temporaryDirectory(t);
  writeFileSync(join(directory, name), script);
  chmodSync(join(directory, name), 0o755);
  const path = process.env['PATH'] ?? '';
  process.env['PATH'] = `${directory}${delimiter}${path}`;
  t.after(() => {
    process.env['PATH'] = path;
  });
  return directory;
}

test('SSM_SIGN_MACOS_IDENTITY: codesign gets the identity, the runtime and the entitlements', (t) => {
  // No codesign runs here; what it is given, and that its result is checked, can be seen all the same.
  const directory = withProgram(
    t,
    'codesign',
    `#!/bin/sh
here=\${0%/*}
printf '%s\\n' "$@" >"$here/arguments"
while [ $# -gt 1 ]; do
  if [ "$1" = --entitlements ]; then cp "$2" "$here/entitlements"; fi
  shift
done
cp "$here/signed" "$1"
`,
  );
  const program = unsignedProgram(t);
  writeFileSync(
    join(directory, 'signed'),
    signMachO(readFileSync(program), { identifier: 'by-codesign' }),
  );
  const signing = macosSigning({ SSM_SIGN_MACOS_IDENTITY: 'Developer ID Application: Me' });
  assert.match(describeMacosSigning(signing), /by codesign as Developer ID Application: Me/);
  assert.equal(signMacosProgram(program, signing, OPTIONS).identifier, 'by-codesign');
  const given = readFileSync(join(directory, 'arguments'), 'utf8').trimEnd().split('\n');
  assert.deepEqual(given.slice(0, 8), [
    ...['--force', '--sign', 'Developer ID Application: Me'],
    ...['--identifier', 'session-manager-plugin', '--options', 'runtime', '--timestamp'],
  ]);
  assert.equal(given.at(-1), program);
  assert.match(readFileSync(join(directory, 'entitlements'), 'utf8'), /cs\.allow-jit<\/key>/);

  writeFileSync(join(directory, 'signed'), smallMachO({ architecture: 'arm64' }));
  assert.throws(() => signMacosProgram(program, signing, OPTIONS), /is not signed/);
});

test('SSM_SIGN_MACOS_IDENTITY without codesign: the error says what to set instead', (t) => {
  const path = process.env['PATH'] ?? '';
  process.env['PATH'] = temporaryDirectory(t);
  t.after(() => {
    process.env['PATH'] = path;
  });
  assert.throws(
    () => signMacosProgram(unsignedProgram(t), { kind: 'codesign', identity: 'me' }, OPTIONS),
    /needs codesign, which only a Mac has: set SSM_SIGN_MACOS_CERTIFICATE/,
  );
});
