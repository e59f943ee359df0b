import { copyFileSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { constants, gzipSync } from 'node:zlib';
import { runTool, type Tool } from '../../build/tool.ts';
import { signDetached, signInline, type GpgKey } from '../signing/gpg.ts';
import { PRODUCT } from '../product.ts';
import { sha256OfFile } from '../../build/runtime/sha256-of-file.mjs';

export const APT_FTPARCHIVE: Tool = { program: 'apt-ftparchive', debianPackage: 'apt-utils' };

/** The directory of the packages, below that of the repository. */
export const POOL = 'pool';
export const SUITE = 'stable';
export const COMPONENT = 'main';

/** apt since Debian 9 takes nothing weaker than SHA-256 as proof. */
const ONLY_SHA256 = ['MD5', 'SHA1', 'SHA512'].flatMap((name) => setting(name, 'false'));

/** A repository to index. */
export interface AptRepository {
  /** Has the packages in {@link POOL}, as `NAME_VERSION_ARCHITECTURE.deb`. */
  readonly directory: string;
  /** The time of the index, in seconds since the epoch. */
  readonly sourceDateEpoch: number;
  readonly key: GpgKey;
}

/**
 * Writes the signed indexes of a repository (Debian's repository format). The same packages give the same `Packages`
 * and `Release`.
 *
 * @throws ToolError when apt-ftparchive or gpg is missing or fails
 */
export function indexAptRepository({ directory, sourceDateEpoch, key }: AptRepository): void {
  const architectures = architecturesOf(readdirSync(join(directory, POOL)));
  const suite = join(directory, 'dists', SUITE);
  const indexes = architectures.flatMap((architecture) =>
    writePackages(directory, join(suite, COMPONENT, `binary-${architecture}`), architecture),
  );
  const release = join(suite, 'Release');
  const fields = releaseFields(architectures, sourceDateEpoch);
  writeFileSync(release, runTool(APT_FTPARCHIVE, [...ONLY_SHA256, ...fields, 'release', suite]));
  // Only now, because `Release` lists each index by its name.
  for (const index of indexes) placeByHash(index);
  signInline(release, join(suite, 'InRelease'), key);
  signDetached(release, `${release}.gpg`, key);
}

function architecturesOf(files: readonly string[]): readonly string[] {
  const named = files.flatMap((file) => /_([a-z\d]+)\.deb$/.exec(file)?.[1] ?? []);
  return [...new Set(named)].sort();
}

/** @returns the paths of the index, which has the same content in each form */
function writePackages(
  directory: string,
  destination: string,
  architecture: string,
): readonly string[] {
  const args = [...ONLY_SHA256, '--arch', architecture, 'packages', POOL];
  // Paths in the index are relative to the directory of the repository.
  const text = runTool(APT_FTPARCHIVE, args, { cwd: directory });
  mkdirSync(destination, { recursive: true });
  const plain = join(destination, 'Packages');
  writeFileSync(plain, text);
  writeFileSync(`${plain}.gz`, gzipSync(text, { level: constants.Z_BEST_COMPRESSION }));
  return [plain, `${plain}.gz`];
}

/**
 * Fields that stay the same in each release, because `apt-get update` stops when one changes, until the user agrees
 * (apt-secure(8)). There is no `Valid-Until`: who installs rarely would get an error, unless the index is signed anew
 * all the time. HTTPS keeps others from offering an old index.
 */
function releaseFields(
  architectures: readonly string[],
  sourceDateEpoch: number,
): readonly string[] {
  return [
    ...setting('Release::Origin', PRODUCT.name),
    ...setting('Release::Label', PRODUCT.name),
    ...setting('Release::Suite', SUITE),
    ...setting('Release::Codename', SUITE),
    ...setting('Release::Description', PRODUCT.summary),
    ...setting('Release::Components', COMPONENT),
    ...setting('Release::Architectures', architectures.join(' ')),
    // A client that has read an old Release gets the indexes it names, while a new one is being published.
    ...setting('Release::Acquire-By-Hash', 'yes'),
    ...setting('Release::Date', dateOf(sourceDateEpoch)),
  ];
}

/** An option of apt-ftparchive(1). */
function setting(name: string, value: string): readonly string[] {
  return ['-o', `APT::FTPArchive::${name}=${value}`];
}

/** As dates in `Release` are written (RFC 5322). */
function dateOf(secondsSinceEpoch: number): string {
  return new Date(secondsSinceEpoch * 1000).toUTCString().replace('GMT', '+0000');
}

function placeByHash(index: string): void {
  const digest = sha256OfFile(index);
  const directory = join(dirname(index), 'by-hash', 'SHA256');
  mkdirSync(directory, { recursive: true });
  copyFileSync(index, join(directory, digest));
}
