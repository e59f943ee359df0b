import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSigningIdentity } from '../signing-identity.ts';
import { findTool, runTool, type Tool } from '../tool.ts';
import { BLOB_HEADER_BYTES } from './blob.ts';
import { encodeEntitlements, JIT_ENTITLEMENTS } from './entitlements.ts';
import { MachOError } from './mach-o-error.ts';
import { signMachO } from './sign.ts';
import { verifyMachO, type MachOSignature } from './verify.ts';

/** Who signs the programs for macOS. */
export type MacosSigning =
  | { readonly kind: 'ad-hoc' }
  | {
      readonly kind: 'certificate';
      /** Path of a PKCS#12 file. */
      readonly certificate: string;
      readonly passwordFile: string;
    }
  | {
      readonly kind: 'codesign';
      /** As `codesign --sign` takes it: a name in a keychain of this Mac. */
      readonly identity: string;
    };

/** What a program for macOS is signed with. */
export interface MacosSigningOptions {
  /** The name that the system knows the program by. */
  readonly identifier: string;
  /** Seconds since the epoch. */
  readonly signingTime: number;
}

/** The variables do not go together. The message says which, and what to do. */
export class SigningSettingsError extends Error {
  override readonly name = 'SigningSettingsError';
}

const IDENTITY_VARIABLE = 'SSM_SIGN_MACOS_IDENTITY';
const CERTIFICATE_VARIABLE = 'SSM_SIGN_MACOS_CERTIFICATE';
/** Also for the certificate of the installer, when that has no variable of its own. */
export const PASSWORD_FILE_VARIABLE = 'SSM_SIGN_MACOS_PASSWORD_FILE';

const CODESIGN: Tool = { program: 'codesign', debianPackage: '' };

/**
 * Reads from the environment who signs: `SSM_SIGN_MACOS_CERTIFICATE` (path of a PKCS#12 file) with
 * `SSM_SIGN_MACOS_PASSWORD_FILE`, or on a Mac `SSM_SIGN_MACOS_IDENTITY`; nobody when neither is set.
 * Empty is unset.
 *
 * @throws SigningSettingsError when both are set, or the password file is not
 */
export function macosSigning(env: Readonly<Record<string, string | undefined>>): MacosSigning {
  const identity = env[IDENTITY_VARIABLE] ?? '';
  const certificate = env[CERTIFICATE_VARIABLE] ?? '';
  const passwordFile = env[PASSWORD_FILE_VARIABLE] ?? '';
  if (identity !== '' && certificate !== '') {
    throw new SigningSettingsError(
      `${IDENTITY_VARIABLE} and ${CERTIFICATE_VARIABLE} are both set: unset one of them`,
    );
  }
  if (identity !== '') return { kind: 'codesign', identity };
  if (certificate === '') return { kind: 'ad-hoc' };
  if (passwordFile === '') {
    throw new SigningSettingsError(
      `${CERTIFICATE_VARIABLE} needs ${PASSWORD_FILE_VARIABLE}: the file whose first line is its password`,
    );
  }
  return { kind: 'certificate', certificate, passwordFile };
}

/** Says in one line how programs for macOS are signed. */
export function describeMacosSigning(signing: MacosSigning): string {
  switch (signing.kind) {
    case 'ad-hoc':
      return `macOS programs: signed ad hoc, by nobody (${CERTIFICATE_VARIABLE} and ${IDENTITY_VARIABLE} are not set)`;
    case 'certificate':
      return `macOS programs: signed with ${signing.certificate}, hardened runtime, without a time stamp`;
    case 'codesign':
      return `macOS programs: signed by codesign as ${signing.identity}, hardened runtime, with a time stamp`;
  }
}

/**
 * Signs an executable where it is, and checks the result.
 *
 * @param path - of the executable, which keeps its mode
 * @returns what the signature is
 * @throws MachOError when it cannot be signed, IdentityError when the certificate cannot be read,
 *   ToolError when codesign fails
 */
export function signMacosProgram(
  path: string,
  signing: MacosSigning,
  options: MacosSigningOptions,
): MachOSignature {
  const { identifier, signingTime } = options;
  try {
    switch (signing.kind) {
      case 'ad-hoc':
        writeFileSync(path, signMachO(readFileSync(path), { identifier }));
        break;
      case 'certificate': {
        const identity = readSigningIdentity(signing.certificate, signing.passwordFile);
        const signer = { identity, signingTime };
        writeFileSync(path, signMachO(readFileSync(path), { identifier, signer }));
        break;
      }
      case 'codesign':
        runCodesign(path, signing.identity, identifier);
        break;
    }
    return verifyMachO(readFileSync(path));
  } catch (error) {
    if (error instanceof MachOError) throw new MachOError(`${path}: ${error.message}`);
    throw error;
  }
}

function runCodesign(path: string, identity: string, identifier: string): void {
  if (findTool(CODESIGN) === undefined) {
    throw new SigningSettingsError(
      `${IDENTITY_VARIABLE} needs codesign, which only a Mac has: set ${CERTIFICATE_VARIABLE} instead`,
    );
  }
  const directory = mkdtempSync(join(tmpdir(), 'codesign-'));
  try {
    const entitlements = join(directory, 'entitlements.plist');
    writeFileSync(entitlements, encodeEntitlements(JIT_ENTITLEMENTS).subarray(BLOB_HEADER_BYTES));
    runTool(CODESIGN, [
      ...['--force', '--sign', identity, '--identifier', identifier],
      ...['--options', 'runtime', '--timestamp', '--entitlements', entitlements],
      path,
    ]);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
