import assert from 'node:assert/strict';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import type { AppleIdentity } from '../../../build/mach-o/apple-identity.ts';
import {
  describeMacosSigning,
  macosSigning,
  signMacosProgram,
} from '../../../build/mach-o/macos-signing.ts';
import { signMachO } from '../../../build/mach-o/sign.ts';
import { pinnedRuntime } from '../../../build/runtime/runtime.mjs';
import { SigningSettingsError } from '../../../build/signing-settings.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { standInTool, withoutTools } from '../support/stand-in-tool.ts';
import { smallMachO } from './support/small-mach-o.ts';

const IDENTIFIER = 'session-manager-plugin';
const NONE: AppleIdentity = { kind: 'none' };
const KEYCHAIN = 'Developer ID Application: Example (ABCDE12345)';

function unsignedProgram(t: TestContext): string {
  const program = join(temporaryDirectory(t), 'program');
  writeFileSync(program, smallMachO({ architecture: 'arm64' }), { mode: 0o755 });
  return program;
}

/** A PKCS#12 file and its password, which only a signing tool would read. */
function certificateFiles(t: TestContext): { certificate: string; passwordFile: string } {
  const directory = temporaryDirectory(t);
  const certificate = join(directory, 'application.p12');
  const passwordFile = join(directory, 'password');
  writeFileSync(certificate, 'a key');
  writeFileSync(passwordFile, 'hunter2\n');
  return { certificate, passwordFile };
}

/** Signed with an identity and the hardened runtime, by Apple's own codesign. */
function signedByApple(): string {
  return pinnedRuntime('darwin-arm64');
}

describe('a macOS program without an identity', () => {
  it('is signed ad hoc, keeps its mode, and the build reports it', (t) => {
    const signing = macosSigning({ SSM_SIGN_MACOS_CERTIFICATE: '', SSM_SIGN_MACOS_IDENTITY: '' });
    assert.deepEqual(signing, NONE);
    assert.match(describeMacosSigning(signing), /^macOS programs: signed ad hoc \(/);
    const program = unsignedProgram(t);
    assert.equal(signMacosProgram(program, signing, IDENTIFIER).adHoc, true);
    assert.equal(statSync(program).mode & 0o777, 0o755);
  });

  it('is named in the error when it cannot be signed', (t) => {
    const program = join(temporaryDirectory(t), 'program');
    writeFileSync(program, 'no program');
    assert.throws(
      () => signMacosProgram(program, NONE, IDENTIFIER),
      (error) => error instanceof Error && error.message.startsWith(`${program}: `),
    );
  });
});

describe('the variables that name an identity for macOS programs', () => {
  it('do not go together', () => {
    assert.throws(
      () => macosSigning({ SSM_SIGN_MACOS_CERTIFICATE: 'a.p12', SSM_SIGN_MACOS_IDENTITY: 'me' }),
      /SSM_SIGN_MACOS_IDENTITY and SSM_SIGN_MACOS_CERTIFICATE are both set: unset one of them/,
    );
  });

  it('ask for the file of the password, and for files that exist', (t) => {
    const { certificate, passwordFile } = certificateFiles(t);
    const cases: readonly (readonly [Record<string, string>, string])[] = [
      [
        { SSM_SIGN_MACOS_CERTIFICATE: certificate },
        'SSM_SIGN_MACOS_CERTIFICATE needs SSM_SIGN_MACOS_PASSWORD_FILE: the file whose first line is its password',
      ],
      [
        { SSM_SIGN_MACOS_CERTIFICATE: '/none.p12', SSM_SIGN_MACOS_PASSWORD_FILE: passwordFile },
        'SSM_SIGN_MACOS_CERTIFICATE: there is no file /none.p12',
      ],
      [
        { SSM_SIGN_MACOS_CERTIFICATE: certificate, SSM_SIGN_MACOS_PASSWORD_FILE: '/none' },
        'SSM_SIGN_MACOS_PASSWORD_FILE: there is no file /none',
      ],
    ];
    for (const [env, message] of cases) {
      assert.throws(() => macosSigning(env), new SigningSettingsError(message));
    }
  });
});

// No real codesign or rcodesign runs here. What they are called with is as codesign(1) and
// `rcodesign help sign` (apple-codesign 0.29) document it, and their result is checked.

describe('codesign', () => {
  const env = { SSM_SIGN_MACOS_IDENTITY: KEYCHAIN };

  it('gets the identity of the keychain, the hardened runtime and the entitlements', (t) => {
    const tool = standInTool(t, 'codesign', signedByApple());
    const program = unsignedProgram(t);
    const signing = macosSigning(env);
    const signature = signMacosProgram(program, signing, IDENTIFIER);
    assert.deepEqual([signature.adHoc, signature.hardenedRuntime], [false, true]);
    const [call = [], ...others] = tool.calls();
    assert.deepEqual(others, []);
    const entitlements = call.at(-2) ?? '';
    assert.deepEqual(call, [
      ...['--force', '--sign', KEYCHAIN, '--identifier', IDENTIFIER],
      ...['--options', 'runtime', '--timestamp', '--entitlements', entitlements, program],
    ]);
    assert.match(tool.entitlements(), /<key>com\.apple\.security\.cs\.allow-jit<\/key>\s*<true\/>/);
    assert.equal(
      describeMacosSigning(signing),
      `macOS programs: signed by codesign as ${KEYCHAIN}`,
    );
  });

  it('is missing on other systems than macOS: the error explains what to do', (t) => {
    withoutTools(t);
    assert.throws(
      () => signMacosProgram(unsignedProgram(t), macosSigning(env), IDENTIFIER),
      new SigningSettingsError(
        'codesign is missing, which only a Mac has: run the build on a Mac, or unset SSM_SIGN_MACOS_IDENTITY',
      ),
    );
  });

  it('must not leave the program unsigned or signed ad hoc', (t) => {
    const program = unsignedProgram(t);
    const result = join(temporaryDirectory(t), 'result');
    const cases = [
      [smallMachO({ architecture: 'arm64' }), /is not signed/],
      [signMachO(readFileSync(program), IDENTIFIER), /signed ad hoc, not with the identity/],
    ] as const;
    for (const [bytes, message] of cases) {
      writeFileSync(result, bytes);
      standInTool(t, 'codesign', result);
      assert.throws(() => signMacosProgram(program, macosSigning(env), IDENTIFIER), message);
    }
  });
});

describe('rcodesign', () => {
  it('gets the key and the path of the password, never the password', (t) => {
    const tool = standInTool(t, 'rcodesign', signedByApple());
    const { certificate, passwordFile } = certificateFiles(t);
    const program = unsignedProgram(t);
    const signing = macosSigning({
      SSM_SIGN_MACOS_CERTIFICATE: certificate,
      SSM_SIGN_MACOS_PASSWORD_FILE: passwordFile,
    });
    signMacosProgram(program, signing, IDENTIFIER);
    const [call = [], ...others] = tool.calls();
    assert.deepEqual(others, []);
    const entitlements = call.at(-2) ?? '';
    assert.deepEqual(call, [
      ...['sign', '--p12-file', certificate, '--p12-password-file', passwordFile],
      ...['--code-signature-flags', 'runtime', '--binary-identifier', IDENTIFIER],
      ...['--entitlements-xml-file', entitlements, program],
    ]);
    assert.match(entitlements, /^@main:.*\.plist$/);
    assert.match(tool.entitlements(), /<key>com\.apple\.security\.cs\.allow-jit<\/key>\s*<true\/>/);
    assert.equal(
      describeMacosSigning(signing),
      `macOS programs: signed by rcodesign with ${certificate}`,
    );
  });

  it('is missing: the error explains how to get it, and the program stays as it was', (t) => {
    withoutTools(t);
    const program = unsignedProgram(t);
    const unsigned = readFileSync(program);
    assert.throws(
      () => signMacosProgram(program, { kind: 'certificate', ...certificateFiles(t) }, IDENTIFIER),
      new SigningSettingsError(
        'rcodesign is missing: install it (the crate apple-codesign), or unset SSM_SIGN_MACOS_CERTIFICATE',
      ),
    );
    assert.deepEqual(readFileSync(program), unsigned);
  });
});
