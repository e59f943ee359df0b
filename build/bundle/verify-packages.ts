import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { join } from 'node:path';
import { BuildError } from '../runtime/build-error.mjs';
import { CACHE, npmOutput } from '../runtime/setup.mjs';
import { runTool, type Tool } from '../tool.ts';
import type { BundledContent } from './bundled-packages.ts';
import { sha256OfFile } from '../runtime/sha256-of-file.mjs';

const TAR: Tool = { program: 'tar', debianPackage: 'tar' };

/** Keeps archives of packages for the next time. */
export const NPM_ARCHIVES = join(CACHE, 'npm-archives');

/** Digests in package-lock.json (www.w3.org/TR/SRI; npm writes SHA-512). */
const INTEGRITY = /^sha512-(?<base64>[A-Za-z0-9+/]{86}==)$/;
/** Enough of a digest in hexadecimal for a name that no other file has. */
const NAME_LENGTH = 32;

/** A package in the bundle is not the one that package-lock.json pins. */
export class PackageContentError extends BuildError {
  override readonly name = 'PackageContentError';
}

/**
 * Checks that the bundle contains of each package what package-lock.json pins: the digest of the package's archive must be
 * that of the lock, and each file that was read for the bundle must be that of the archive.
 *
 * @param archives - a directory that keeps archives for the next time; npm fetches those that are missing
 * @throws PackageContentError naming each file and package; SetupError when npm cannot fetch an archive
 */
export function verifyBundledPackages(packages: readonly BundledContent[], archives: string): void {
  mkdirSync(archives, { recursive: true });
  const work = mkdtempSync(join(archives, 'unfinished-'));
  try {
    const copies = copiesByArchive(packages);
    fetchMissing(
      [...copies.values()].flatMap(([first]) => first ?? []),
      archives,
      work,
    );
    const problems = [...copies.values()].flatMap((each) => differencesOf(each, archives, work));
    if (problems.length === 0) return;
    throw new PackageContentError(
      [...problems, 'Run "npm ci", and build again. If this repeats, do not publish.'].join('\n'),
    );
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** The packages by the digests of their archives: npm can install the same package in several places. */
function copiesByArchive(
  packages: readonly BundledContent[],
): ReadonlyMap<string, readonly BundledContent[]> {
  const copies = new Map<string, BundledContent[]>();
  for (const each of packages) {
    const digest = lockedDigest(each);
    copies.set(digest, [...(copies.get(digest) ?? []), each]);
  }
  return copies;
}

/** @param packages - one of each archive */
function fetchMissing(packages: readonly BundledContent[], archives: string, work: string): void {
  const missing = packages.filter((each) => !existsSync(archiveOf(each, archives)));
  if (missing.length === 0) return;
  const specifiers = missing.map(({ name, version }) => `${name}@${version}`);
  // What the installation has fetched is in npm's cache.
  npmOutput(['pack', '--silent', '--prefer-offline', ...specifiers], work);
  const fetched = new Map(
    readdirSync(work).map((file) => [sha512(readFileSync(join(work, file))), join(work, file)]),
  );
  for (const each of missing) {
    const file = fetched.get(lockedDigest(each));
    if (file === undefined) {
      throw new PackageContentError(
        `${each.name}@${each.version}: npm does not provide the archive that package-lock.json pins (${each.integrity})`,
      );
    }
    renameSync(file, archiveOf(each, archives));
  }
}

/** @param copies - of the same package */
function differencesOf(
  copies: readonly BundledContent[],
  archives: string,
  work: string,
): readonly string[] {
  const [first] = copies;
  if (first === undefined) return [];
  const specifier = `${first.name}@${first.version}`;
  const archive = archiveOf(first, archives);
  if (sha512(readFileSync(archive)) !== lockedDigest(first)) {
    rmSync(archive);
    return [`${archive} was not ${specifier} of package-lock.json; it has been removed`];
  }
  const content = mkdtempSync(join(work, 'content-'));
  runTool(TAR, ['-xzf', archive, '-C', content, '--strip-components=1']);
  const differing = copies
    .flatMap(({ files }) => Object.entries(files))
    .filter(([path, digest]) => digestOf(join(content, path)) !== digest);
  return [...new Set(differing.map(([path]) => path))].map(
    (path) => `${path} of ${specifier} is not the file that package-lock.json pins`,
  );
}

/** SHA-256 in hexadecimal; undefined when the file does not exist. */
function digestOf(path: string): string | undefined {
  return existsSync(path) ? sha256OfFile(path) : undefined;
}

function archiveOf(each: BundledContent, archives: string): string {
  const name = Buffer.from(lockedDigest(each), 'base64').toString('hex').slice(0, NAME_LENGTH);
  return join(archives, `${name}.tgz`);
}

function lockedDigest({ name, version, integrity }: BundledContent): string {
  const base64 = INTEGRITY.exec(integrity)?.groups?.['base64'];
  if (base64 === undefined) {
    throw new PackageContentError(`${name}@${version}: package-lock.json has no SHA-512 of it`);
  }
  return base64;
}

function sha512(content: Buffer): string {
  return createHash('sha512').update(content).digest('base64');
}
