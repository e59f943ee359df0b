import { readdirSync, statSync } from 'node:fs';
import { extname, join } from 'node:path';
import { BuildError } from '../build/runtime/build-error.mjs';

const BYTES_PER_MB = 1_000_000;

/** What a package installs at most, in bytes: the runtime, the bundle and its code caches. */
export const LARGEST_TREE_BYTES = 124 * BYTES_PER_MB;

/** Packages that Linux users download at each update. That of x86 has all libraries. */
const LARGEST_PACKAGE_BYTES = 28 * BYTES_PER_MB;
const LARGEST_X86_PACKAGE_BYTES = 40 * BYTES_PER_MB;

/** The program without a runtime: a project downloads it at each installation. */
const LARGEST_NPM_PACKAGE_BYTES = 0.6 * BYTES_PER_MB;

/** A download or an installed tree is larger than it may be. */
export class SizeError extends BuildError {
  override readonly name = 'SizeError';
}

/**
 * The largest size of a download, in bytes.
 *
 * @param path - below the version's directory; an npm package ends in `.tgz`
 * @returns undefined when it has no limit
 */
export function largestDownload(path: string): number | undefined {
  if (extname(path) === '.tgz') return LARGEST_NPM_PACKAGE_BYTES;
  if (!['.deb', '.rpm'].includes(extname(path))) return undefined;
  return path.includes('32bit') ? LARGEST_X86_PACKAGE_BYTES : LARGEST_PACKAGE_BYTES;
}

/** @throws SizeError when the file is larger than its download may be */
export function checkDownloadSize(path: string, file: string): void {
  check(path, statSync(file).size, largestDownload(path));
}

/** @throws SizeError when the tree is larger than what a package may install */
export function checkTreeSize(tree: string): void {
  check(tree, sizeOfTree(tree), LARGEST_TREE_BYTES);
}

/** The bytes of all files in a directory. */
export function sizeOfTree(directory: string): number {
  return readdirSync(directory, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}

function check(what: string, bytes: number, most: number | undefined): void {
  if (most === undefined || bytes <= most) return;
  throw new SizeError(
    `${what} is too large: ${inMegabytes(bytes)}, and ${inMegabytes(most)} is the limit (packaging/size-limits.ts)`,
  );
}

function inMegabytes(bytes: number): string {
  return `${(bytes / BYTES_PER_MB).toFixed(2)} MB`;
}
