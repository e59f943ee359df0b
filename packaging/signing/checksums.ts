import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sha256OfFile } from '../../build/runtime/sha256-of-file.mjs';

/** The published list of digests. */
export const CHECKSUMS = 'SHA256SUMS';

/** A file in a list of digests. */
export interface ListedFile {
  /** Below the directory of the list, with `/`. */
  readonly path: string;
  /** SHA-256 in hexadecimal. */
  readonly sha256: string;
}

/** A file with its digest. */
export function listedFile(directory: string, path: string): ListedFile {
  return { path, sha256: sha256OfFile(join(directory, path)) };
}

/**
 * Writes the list of digests, in the form that `sha256sum --check` reads.
 *
 * @returns the path of the list
 */
export function writeChecksums(directory: string, listed: readonly ListedFile[]): string {
  const list = join(directory, CHECKSUMS);
  writeFileSync(list, listed.map(({ path, sha256 }) => `${sha256}  ${path}\n`).join(''));
  return list;
}
