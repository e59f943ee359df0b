import { chmodSync, mkdtempSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { requireSigningFile, SigningSettingsError } from '../signing-settings.ts';
import { runTool, type Tool } from '../tool.ts';
import { PRODUCT_NAME } from './brand-executable.ts';

/** Who signs the executables for Windows. */
export type WindowsSigning =
  | { readonly kind: 'unsigned' }
  | {
      readonly kind: 'certificate';
      /** Path of a PKCS#12 file. */
      readonly certificate: string;
      readonly passwordFile: string;
      /** Of a time-stamping authority (RFC 3161); empty for none. */
      readonly timestampUrl: string;
    };

const CERTIFICATE_VARIABLE = 'SSM_SIGN_WINDOWS_CERTIFICATE';
const PASSWORD_FILE_VARIABLE = 'SSM_SIGN_WINDOWS_PASSWORD_FILE';
const TIMESTAMP_VARIABLE = 'SSM_SIGN_WINDOWS_TIMESTAMP_URL';

const OSSLSIGNCODE: Tool = { program: 'osslsigncode', debianPackage: 'osslsigncode' };

/**
 * Reads the identity that signs from the environment: `SSM_SIGN_WINDOWS_CERTIFICATE` (path of a PKCS#12 file) with
 * `SSM_SIGN_WINDOWS_PASSWORD_FILE`, and `SSM_SIGN_WINDOWS_TIMESTAMP_URL` if the signature must outlive
 * the certificate; `unsigned` when the first is not set. Empty is unset.
 *
 * @throws SigningSettingsError when the password file is not set, or one of the files is not there
 */
export function windowsSigning(env: Readonly<Record<string, string | undefined>>): WindowsSigning {
  const certificate = env[CERTIFICATE_VARIABLE] ?? '';
  const passwordFile = env[PASSWORD_FILE_VARIABLE] ?? '';
  if (certificate === '') return { kind: 'unsigned' };
  if (passwordFile === '') {
    throw new SigningSettingsError(
      `${CERTIFICATE_VARIABLE} needs ${PASSWORD_FILE_VARIABLE}: the file that holds its password`,
    );
  }
  requireSigningFile(CERTIFICATE_VARIABLE, certificate);
  requireSigningFile(PASSWORD_FILE_VARIABLE, passwordFile);
  const timestampUrl = env[TIMESTAMP_VARIABLE] ?? '';
  return { kind: 'certificate', certificate, passwordFile, timestampUrl };
}

/** The environment in which {@link windowsSigning} finds the same again, for a process of our own. */
export function windowsSigningEnvironment(signing: WindowsSigning): Record<string, string> {
  if (signing.kind === 'unsigned') return { [CERTIFICATE_VARIABLE]: '' };
  return {
    [CERTIFICATE_VARIABLE]: signing.certificate,
    [PASSWORD_FILE_VARIABLE]: signing.passwordFile,
    [TIMESTAMP_VARIABLE]: signing.timestampUrl,
  };
}

/** Describes in one line how executables for Windows are signed. */
export function describeWindowsSigning(signing: WindowsSigning): string {
  switch (signing.kind) {
    case 'unsigned':
      return `Windows executables: unsigned (${CERTIFICATE_VARIABLE} is not set)`;
    case 'certificate': {
      const { certificate, timestampUrl } = signing;
      const timestamp = timestampUrl === '' ? 'without a time stamp' : `stamped by ${timestampUrl}`;
      return `Windows executables: signed with ${certificate}, ${timestamp}`;
    }
  }
}

/**
 * Gives an executable its Authenticode signature (SHA-256), where it is; does nothing without an identity.
 *
 * @param path - of a PE file, which keeps its mode
 * @param signingTime - the time in the signature without a time stamp, in seconds since the epoch
 * @throws ToolError when osslsigncode is missing, or refuses certificate, password or file
 */
export function signWindowsExecutable(
  path: string,
  signing: WindowsSigning,
  signingTime: number,
): void {
  if (signing.kind === 'unsigned') return;
  const { certificate, passwordFile, timestampUrl } = signing;
  // Beside the file, so that the signed one can take its place in one step.
  const directory = mkdtempSync(join(dirname(path), '.signing-'));
  const signed = join(directory, basename(path));
  try {
    runTool(OSSLSIGNCODE, [
      ...['sign', '-pkcs12', certificate, '-readpass', passwordFile],
      ...['-h', 'sha256', '-n', PRODUCT_NAME, '-time', String(signingTime)],
      ...(timestampUrl === '' ? [] : ['-ts', timestampUrl]),
      ...['-in', path, '-out', signed],
    ]);
    chmodSync(signed, statSync(path).mode);
    renameSync(signed, path);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
