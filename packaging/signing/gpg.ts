import { requireSigningFile, SigningSettingsError } from '../../build/signing-settings.ts';
import { findTool, runTool, type Tool } from '../../build/tool.ts';

/** A key that signs. */
export interface GpgKey {
  readonly kind: 'key';
  /** Fingerprint or id of a key in the caller's key ring (GNUPGHOME). */
  readonly key: string;
  /** Its first line is the passphrase; without a file, gpg-agent knows it, or the key has no passphrase. */
  readonly passphraseFile: string | undefined;
}

/** Who signs the rpm packages, the list of digests and the repositories. */
export type GpgSigning = { readonly kind: 'unsigned' } | GpgKey;

const KEY_VARIABLE = 'SSM_SIGN_GPG_KEY';
const PASSPHRASE_FILE_VARIABLE = 'SSM_SIGN_GPG_PASSPHRASE_FILE';

export const GPG: Tool = { program: 'gpg', debianPackage: 'gnupg' };
const RPMSIGN: Tool = { program: 'rpmsign', debianPackage: 'rpm' };

/**
 * Reads the identity that signs from the environment: `SSM_SIGN_GPG_KEY` (fingerprint or id of a key) and, when it
 * has a passphrase that gpg-agent does not know, `SSM_SIGN_GPG_PASSPHRASE_FILE`; `unsigned` when the first
 * is not set. Empty is unset.
 *
 * @throws SigningSettingsError when there is a passphrase without a key, or the file is not there
 */
export function gpgSigning(env: Readonly<Record<string, string | undefined>>): GpgSigning {
  const key = env[KEY_VARIABLE] ?? '';
  const passphraseFile = env[PASSPHRASE_FILE_VARIABLE] ?? '';
  if (key === '') {
    if (passphraseFile === '') return { kind: 'unsigned' };
    throw new SigningSettingsError(
      `${PASSPHRASE_FILE_VARIABLE} needs ${KEY_VARIABLE}: the key's id`,
    );
  }
  if (passphraseFile === '') return { kind: 'key', key, passphraseFile: undefined };
  requireSigningFile(PASSPHRASE_FILE_VARIABLE, passphraseFile);
  return { kind: 'key', key, passphraseFile };
}

/** Describes in one line how rpm packages and the list of digests are signed. */
export function describeGpgSigning(signing: GpgSigning): string {
  switch (signing.kind) {
    case 'unsigned':
      return `rpm packages and SHA256SUMS are unsigned: ${KEY_VARIABLE} is not set`;
    case 'key':
      return `rpm packages and SHA256SUMS are signed with the key ${signing.key}`;
  }
}

/**
 * Signs a list of digests (OpenPGP, RFC 4880): a detached signature in ASCII armor, beside it as
 * `.asc`.
 *
 * @returns the path of the signature; nothing without an identity
 * @throws ToolError when gpg is missing or cannot use the key
 */
export function signChecksums(path: string, signing: GpgSigning): readonly string[] {
  if (signing.kind === 'unsigned') return [];
  const signature = `${path}.asc`;
  signDetached(path, signature, signing);
  return [signature];
}

/**
 * Writes a detached signature of a file, in ASCII armor.
 *
 * @throws ToolError when gpg is missing or cannot use the key
 */
export function signDetached(path: string, signature: string, key: GpgKey): void {
  sign(['--armor', '--detach-sign'], path, signature, key);
}

/**
 * Writes a copy of a text with its signature (clear-signed, RFC 9580, section 7).
 *
 * @throws ToolError when gpg is missing or cannot use the key
 */
export function signInline(path: string, signed: string, key: GpgKey): void {
  sign(['--clear-sign'], path, signed, key);
}

function sign(form: readonly string[], path: string, output: string, key: GpgKey): void {
  runTool(GPG, [
    ...['--yes', '--local-user', key.key, ...gpgOptions(key.passphraseFile)],
    ...[...form, '--output', output, path],
  ]);
}

/**
 * Signs a package in place, as `rpm --checksig` verifies it; does nothing without an identity.
 *
 * @throws ToolError when rpmsign or gpg is missing, or cannot use the key
 */
export function signRpm(path: string, signing: GpgSigning): void {
  if (signing.kind === 'unsigned') return;
  const options = gpgOptions(signing.passphraseFile).map(quoteForShell).join(' ');
  runTool(RPMSIGN, [
    '--addsign',
    // Not everywhere does rpm look for it on PATH.
    ...['--define', `__gpg ${findTool(GPG) ?? GPG.program}`],
    ...['--define', `_gpg_name ${escapeMacros(signing.key)}`],
    ...['--define', `_gpg_sign_cmd_extra_args ${escapeMacros(options)}`],
    path,
  ]);
}

function gpgOptions(passphraseFile: string | undefined): readonly string[] {
  return passphraseFile === undefined
    ? ['--batch']
    : ['--batch', '--pinentry-mode', 'loopback', '--passphrase-file', passphraseFile];
}

/** rpmsign puts these options into a command line as they are. */
function quoteForShell(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

/** rpm takes a backslash in the text of a macro away, and the first of two percent signs. */
function escapeMacros(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('%', '%%');
}
