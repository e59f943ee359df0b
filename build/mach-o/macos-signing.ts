import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  readAppleIdentity,
  runAppleTool,
  runRcodesign,
  type AppleIdentity,
} from './apple-identity.ts';
import { entitlementsText, JIT_ENTITLEMENTS } from './entitlements.ts';
import { MachOError } from './mach-o-error.ts';
import { signMachO } from './sign.ts';
import { verifyMachO, type MachOSignature } from './verify.ts';

const VARIABLES = {
  keychain: 'SSM_SIGN_MACOS_IDENTITY',
  certificate: 'SSM_SIGN_MACOS_CERTIFICATE',
  passwordFile: ['SSM_SIGN_MACOS_PASSWORD_FILE'],
} as const;

/**
 * Reads the identity that signs the programs for macOS from the environment: `SSM_SIGN_MACOS_IDENTITY` on a Mac, or
 * `SSM_SIGN_MACOS_CERTIFICATE` (path of a PKCS#12 file) with `SSM_SIGN_MACOS_PASSWORD_FILE`.
 *
 * @throws SigningSettingsError when the variables do not go together, or a file is missing
 */
export function macosSigning(env: Readonly<Record<string, string | undefined>>): AppleIdentity {
  return readAppleIdentity(env, VARIABLES);
}

/** Describes in one line how programs for macOS are signed. */
export function describeMacosSigning(signing: AppleIdentity): string {
  switch (signing.kind) {
    case 'none':
      return `macOS programs: signed ad hoc (${VARIABLES.certificate} and ${VARIABLES.keychain} are not set)`;
    case 'keychain':
      return `macOS programs: signed by codesign as ${signing.name}`;
    case 'certificate':
      return `macOS programs: signed by rcodesign with ${signing.certificate}`;
  }
}

/**
 * Signs an executable where it is, and checks the result: ad hoc, which Apple silicon needs to start it
 * at all, or with an identity, the hardened runtime and a time stamp.
 *
 * @param path - of the executable, which keeps its mode
 * @param identifier - the name that the system knows the program by
 * @returns what the signature is
 * @throws MachOError when it cannot be signed, or the result is not what was asked for;
 *   SigningSettingsError when the tool is missing, ToolError when it fails
 */
export function signMacosProgram(
  path: string,
  signing: AppleIdentity,
  identifier: string,
): MachOSignature {
  try {
    if (signing.kind === 'none') {
      writeFileSync(path, signMachO(readFileSync(path), identifier));
      return verifyMachO(readFileSync(path));
    }
    signWithIdentity(path, signing, identifier);
    const signature = verifyMachO(readFileSync(path));
    if (signature.adHoc) throw new MachOError('it is signed ad hoc, not with the identity');
    if (!signature.hardenedRuntime) throw new MachOError('it is signed without hardened runtime');
    return signature;
  } catch (error) {
    if (error instanceof MachOError) throw new MachOError(`${path}: ${error.message}`);
    throw error;
  }
}

function signWithIdentity(
  path: string,
  signing: Exclude<AppleIdentity, { kind: 'none' }>,
  identifier: string,
): void {
  const directory = mkdtempSync(join(tmpdir(), 'entitlements-'));
  try {
    const entitlements = join(directory, 'entitlements.plist');
    writeFileSync(entitlements, entitlementsText(JIT_ENTITLEMENTS));
    switch (signing.kind) {
      case 'keychain': {
        const identity = ['--force', '--sign', signing.name, '--identifier', identifier];
        const options = ['--options', 'runtime', '--timestamp', '--entitlements', entitlements];
        runAppleTool('codesign', [...identity, ...options, path], VARIABLES.keychain);
        break;
      }
      case 'certificate': {
        const options = ['--code-signature-flags', 'runtime', '--binary-identifier', identifier];
        // Without a scope before the path, a colon in the path would be read as the end of one
        // (apple-codesign, SettingsScope).
        const allowed = ['--entitlements-xml-file', `@main:${entitlements}`];
        runRcodesign(signing, [...options, ...allowed, path], VARIABLES.certificate);
        break;
      }
    }
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
