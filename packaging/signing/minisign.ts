import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { requireSigningFile, SigningSettingsError } from '../../build/signing-settings.ts';
import { runTool, ToolError, type Tool } from '../../build/tool.ts';
import { PRODUCT } from '../product.ts';

/** Whose key of minisign signs the list of digests. */
export type MinisignSigning = { readonly kind: 'unsigned' } | MinisignKey;

/** A key of minisign that signs. */
interface MinisignKey {
  readonly kind: 'key';
  /** The file with the secret key. */
  readonly keyFile: string;
  /** Its first line is the password; without a file, the key has none (`minisign -G -W`). */
  readonly passwordFile: string | undefined;
}

const KEY_VARIABLE = 'SSM_SIGN_MINISIGN_KEY';
const PASSWORD_FILE_VARIABLE = 'SSM_SIGN_MINISIGN_PASSWORD_FILE';

const MINISIGN: Tool = { program: 'minisign', debianPackage: 'minisign' };

/**
 * Reads the identity from the environment: `SSM_SIGN_MINISIGN_KEY` (a file with a secret key) and, when it has a
 * password, `SSM_SIGN_MINISIGN_PASSWORD_FILE`; `unsigned` when the first is not set. Empty is unset.
 *
 * @throws SigningSettingsError when there is a password without a key, or a file does not exist
 */
export function minisignSigning(
  env: Readonly<Record<string, string | undefined>>,
): MinisignSigning {
  const keyFile = env[KEY_VARIABLE] ?? '';
  const passwordFile = env[PASSWORD_FILE_VARIABLE] ?? '';
  if (keyFile === '') {
    if (passwordFile === '') return { kind: 'unsigned' };
    throw new SigningSettingsError(
      `${PASSWORD_FILE_VARIABLE} needs ${KEY_VARIABLE}: the file with the secret key`,
    );
  }
  requireSigningFile(KEY_VARIABLE, keyFile);
  if (passwordFile === '') return { kind: 'key', keyFile, passwordFile: undefined };
  requireSigningFile(PASSWORD_FILE_VARIABLE, passwordFile);
  return { kind: 'key', keyFile, passwordFile };
}

/** Describes in one line whether minisign signs the list of digests. */
export function describeMinisignSigning(signing: MinisignSigning): string {
  switch (signing.kind) {
    case 'unsigned':
      return `SHA256SUMS has no signature of minisign: ${KEY_VARIABLE} is not set`;
    case 'key':
      return `SHA256SUMS is signed with minisign and the key in ${signing.keyFile}`;
  }
}

/**
 * Signs a file with minisign (jedisct1.github.io/minisign), beside it as `.minisig`. The trusted comment, which the
 * signature covers, names version and file: an old list cannot be passed off as that of another version. It
 * contains no time, so the same file has the same signature.
 *
 * @returns the path of the signature; none without an identity
 * @throws ToolError when minisign is missing or cannot use the key
 */
export function signWithMinisign(
  path: string,
  version: string,
  signing: MinisignSigning,
): readonly string[] {
  if (signing.kind === 'unsigned') return [];
  const signature = `${path}.minisig`;
  const comment = `${PRODUCT.name} ${version} ${basename(path)}`;
  runWithKey(signing, ['-S', '-m', path, '-x', signature, '-t', comment]);
  return [signature];
}

/**
 * The public part of the key, as `minisign -P` takes it.
 *
 * @returns undefined without an identity
 * @throws ToolError when minisign is missing or cannot use the key
 */
export function minisignPublicKey(signing: MinisignSigning): string | undefined {
  if (signing.kind === 'unsigned') return undefined;
  const work = mkdtempSync(join(tmpdir(), 'session-manager-plugin-minisign-'));
  try {
    const file = join(work, 'key.pub');
    runWithKey(signing, ['-R', '-p', file]);
    // After a comment.
    return readFileSync(file, 'utf8').trimEnd().split('\n').at(-1);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function runWithKey(
  { keyFile, passwordFile }: MinisignKey,
  args: readonly [action: string, ...options: string[]],
): void {
  const [action, ...options] = args;
  try {
    // It reads the password from standard input, which no other user can see.
    runTool(MINISIGN, [action, '-s', keyFile, ...options], {
      input: passwordFile === undefined ? '' : readFileSync(passwordFile),
    });
  } catch (error) {
    if (!(error instanceof ToolError) || passwordFile !== undefined) throw error;
    throw new ToolError(
      `${error.message}\nIf the key has a password, set ${PASSWORD_FILE_VARIABLE} to a file that contains it.`,
    );
  }
}
