import { BuildError } from '../../build/runtime/build-error.mjs';
import { runTool } from '../../build/tool.ts';
import { GPG, type GpgKey } from './gpg.ts';

/** The public part of the key that signs, as users get it. */
export interface PublicKey {
  /** Of the primary key, in upper case hexadecimal, without spaces. */
  readonly fingerprint: string;
  /** In ASCII armor. */
  readonly armored: string;
  /** The same in bytes, as `gpgv` reads a key ring. */
  readonly binary: Buffer;
}

/** A primary key and its fingerprint in gpg's list (GnuPG, doc/DETAILS, `--with-colons`). */
const PRIMARY_KEY = /^sec:(?:.*\n(?!fpr:))*.*\nfpr:+([0-9A-F]{40,64}):/gm;

/**
 * Reads the public part of a key from the caller's key ring, without the signatures of other people.
 *
 * @throws BuildError when there is no such key, or more than one; ToolError when gpg is missing
 */
export function publicKeyOf({ key }: GpgKey): PublicKey {
  const listed = runTool(GPG, ['--batch', '--with-colons', '--list-secret-keys', key]).toString();
  const [fingerprint, ...others] = [...listed.matchAll(PRIMARY_KEY)].map(([, found = '']) => found);
  if (fingerprint === undefined || others.length > 0) {
    const what = fingerprint === undefined ? 'no key' : 'more than one key';
    throw new BuildError(
      `SSM_SIGN_GPG_KEY: "${key}" names ${what}: set the fingerprint of the key`,
    );
  }
  const exported = (...form: readonly string[]): Buffer =>
    runTool(GPG, [
      ...['--batch', ...form, '--export-options', 'export-minimal'],
      ...['--export', fingerprint],
    ]);
  return { fingerprint, armored: exported('--armor').toString(), binary: exported() };
}

/** A fingerprint as people compare it, in groups of four. */
export function inGroups(fingerprint: string): string {
  return (fingerprint.match(/.{1,4}/g) ?? []).join(' ');
}
