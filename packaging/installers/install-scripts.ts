import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BuildError } from '../../build/runtime/build-error.mjs';
import { PRODUCT } from '../product.ts';

/** What the install scripts of a release contain. */
export interface InstallFacts {
  readonly version: string;
  /** URL of the directory with a directory for each version, without a slash at its end. */
  readonly downloads: string;
  /** Files of the release, with their SHA-256 digests in hexadecimal. The scripts contain those of plain archives. */
  readonly files: readonly { readonly path: string; readonly sha256: string }[];
  /** The key of OpenPGP that signs SHA256SUMS; undefined if none does. */
  readonly key: SigningKey | undefined;
  /** The public key of minisign that signs SHA256SUMS, as its programs take it; undefined if none does. */
  readonly minisignKey: string | undefined;
}

/** The public part of an OpenPGP key. */
export interface SigningKey {
  /** Of the primary key, in upper case hexadecimal. */
  readonly fingerprint: string;
  /** In ASCII armor. */
  readonly armored: string;
}

/** The script for Linux and macOS. */
export const POSIX_SCRIPT = 'install.sh';
/** The script for Windows. */
export const POWERSHELL_SCRIPT = 'install.ps1';

/** The action of GitHub, which runs the script beside it. */
export const ACTION_FILE = join(import.meta.dirname, 'action.yml');

/** The endings of the archives that each script installs. */
const ENDINGS = { [POSIX_SCRIPT]: '.tar.gz', [POWERSHELL_SCRIPT]: '.zip' } as const;

/** What each script is made of, in this order: a user gets one file. */
const PARTS: Readonly<Record<keyof typeof ENDINGS, readonly string[]>> = {
  [POSIX_SCRIPT]: [
    ...['facts', 'options', 'machine', 'directories', 'interruption', 'download', 'other-version'],
    // Its last line runs it.
    ...['lock', 'place', 'main'],
  ].map((part) => `install-sh/${part}.sh`),
  [POWERSHELL_SCRIPT]: [POWERSHELL_SCRIPT],
};

/** A place for a fact in the text of a script. */
const PLACE = /@([A-Z_]+)@/g;

/**
 * Writes the facts of a release into an install script.
 *
 * @throws BuildError when a fact would end the quotes around it, or the script has a place for an unknown fact
 */
export function installScript(name: keyof typeof ENDINGS, facts: InstallFacts): string {
  const values: Readonly<Record<string, string>> = {
    VERSION: facts.version,
    DOWNLOADS: facts.downloads,
    DIGESTS: digestsOf(facts, ENDINGS[name]),
    SIGNER: facts.key?.fingerprint ?? '',
    SIGNING_KEY: facts.key?.armored.trimEnd() ?? '',
    MINISIGN_KEY: facts.minisignKey ?? '',
  };
  const parts = PARTS[name].map((part) => readFileSync(join(import.meta.dirname, part), 'utf8'));
  return parts.join('\n').replaceAll(PLACE, (_, place: string) => {
    const value = values[place];
    if (value === undefined || value.includes("'")) {
      throw new BuildError(`${name} cannot contain ${place}: "${value ?? ''}"`);
    }
    return value;
  });
}

/** The lines of SHA256SUMS for the archives with an ending. */
function digestsOf({ version, files }: InstallFacts, ending: string): string {
  return files
    .filter(({ path }) => path.startsWith(`${PRODUCT.name}-${version}-`) && path.endsWith(ending))
    .map(({ path, sha256 }) => `${sha256}  ${path}`)
    .join('\n');
}
