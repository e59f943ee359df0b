import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { exclusively } from '../runtime/lock.mjs';
import { withProgress } from '../runtime/progress.mjs';
import { CACHE } from '../runtime/setup.mjs';
import { runTool, ToolError, type Tool } from '../tool.ts';
import { debianMirror } from './debian-mirror.ts';
import { ARCHITECTURE, LICENCES_PACKAGE, NODE_PACKAGE, SUITE } from './debian-suite.ts';
import {
  openPrivateApt,
  readUris,
  writeUris,
  type ArchiveFile,
  type PrivateApt,
} from './private-apt.ts';

export const DPKG_DEB: Tool = { program: 'dpkg-deb', debianPackage: 'dpkg' };

/** What is wanted of the archive. */
export interface PackageChoice {
  /** Of the directory in which the index, the package files and the list of them are kept. */
  readonly name: string;
  /** As apt names it. */
  readonly architecture: string;
  readonly withDependencies: readonly string[];
  readonly alone: readonly string[];
}

/** Node.js for 32-bit x86 with everything it needs, and the texts of licences. */
export const NODE_FOR_X86: PackageChoice = {
  name: `${SUITE}-${ARCHITECTURE}`,
  architecture: ARCHITECTURE,
  withDependencies: [NODE_PACKAGE],
  alone: [LICENCES_PACKAGE],
};

/**
 * For how long the packages are used without asking the archive for newer ones: the builds of a
 * week are alike and need no network, and a fix of Debian's is in the next week's.
 */
const MAX_AGE_MS = 7 * 24 * 60 * 60 * 1000;

/** A package of Debian, as the signed index of its suite describes it. */
export interface DebianPackage {
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
  /**
   * The source package it was built from, under which Debian keeps the sources
   * (snapshot.debian.org); it differs from its own name and version at times.
   */
  readonly source: string;
  readonly sourceVersion: string;
  readonly uri: string;
  /** Of the package file, hexadecimal. */
  readonly sha256: string;
}

/** A package of Debian, unpacked. */
export interface UnpackedPackage extends DebianPackage {
  /** The directory that holds the package's files, and nothing else. */
  readonly directory: string;
}

/**
 * Unpacks packages of Debian, each into a directory of its own.
 *
 * The package files are kept outside the checkout, and checked against what the signed index said
 * each time they are used. The archive is asked when they are older than a week; when it cannot be
 * asked, the older ones serve, and standard error says so.
 *
 * @param directory - an empty one
 * @returns the packages, sorted by name
 * @throws ToolError when the packages are neither there nor to be had, or cannot be unpacked
 */
export async function unpackPackages(
  choice: PackageChoice,
  directory: string,
): Promise<readonly UnpackedPackage[]> {
  const home = join(CACHE, 'debian', choice.name);
  const unpacked: UnpackedPackage[] = [];
  // Unpacking is under the lock, too: another build may renew the packages and drop these.
  await exclusively(join(home, 'lock'), () => {
    for (const file of ensureFiles(choice, home)) unpacked.push(unpack(home, file, directory));
  });
  return unpacked.sort((one, other) => (one.name < other.name ? -1 : 1));
}

/** The list of package files; it is as old as its own file. */
const LIST = 'packages.txt';
const FILES = 'files';

function ensureFiles(choice: PackageChoice, home: string): readonly ArchiveFile[] {
  const kept = readKept(home);
  if (kept !== undefined && Date.now() - kept.since < MAX_AGE_MS) return kept.files;
  const mirror = debianMirror();
  const names = [...choice.withDependencies, ...choice.alone].join(' and ');
  process.stderr.write(`Asking ${mirror} for ${names} of ${SUITE} (${choice.architecture})...\n`);
  try {
    return renew(choice, home, openPrivateApt(home, choice.architecture, mirror));
  } catch (error) {
    if (kept === undefined || !(error instanceof ToolError)) throw error;
    const since = new Date(kept.since).toISOString();
    process.stderr.write(`Using the packages of ${since}: ${error.message}\n`);
    return kept.files;
  }
}

/** The packages that are here, or undefined unless all of them are here and whole. */
function readKept(
  home: string,
): { readonly files: readonly ArchiveFile[]; readonly since: number } | undefined {
  const list = join(home, LIST);
  if (!existsSync(list)) return undefined;
  const files = readUris(readFileSync(list, 'utf8'));
  const allWhole = files.every((file) => isWhole(home, file));
  return allWhole ? { files, since: statSync(list).mtimeMs } : undefined;
}

function isWhole(home: string, { name, sha256 }: ArchiveFile): boolean {
  const path = join(home, FILES, name);
  return (
    existsSync(path) && createHash('sha256').update(readFileSync(path)).digest('hex') === sha256
  );
}

/** Fetches the packages that the archive has now, and drops those it no longer has. */
function renew(choice: PackageChoice, home: string, apt: PrivateApt): readonly ArchiveFile[] {
  apt.update();
  const offered = [
    ...choice.withDependencies.flatMap((name) => apt.filesWithDependencies(name)),
    ...choice.alone.flatMap((name) => apt.file(name)),
  ];
  const files = [...new Map(offered.map((file) => [file.name, file])).values()];
  const directory = join(home, FILES);
  mkdirSync(directory, { recursive: true });
  const missing = files.filter((file) => !isWhole(home, file));
  for (const { name } of missing) rmSync(join(directory, name), { force: true });
  if (missing.length > 0) {
    const bytes = missing.reduce((sum, file) => sum + file.bytes, 0);
    const what = `${missing.length} packages of Debian`;
    const download = { what, to: directory, bytes, arriving: home, arrivingBytes: bytes };
    withProgress(download, () => apt.download(missing, directory));
  }
  const broken = files.find((file) => !isWhole(home, file));
  if (broken !== undefined) {
    throw new ToolError(`${broken.uri} is not the file that the index of ${SUITE} names`);
  }
  const list = join(home, LIST);
  writeFileSync(`${list}.new`, writeUris(files));
  renameSync(`${list}.new`, list);
  const wanted = new Set(files.map(({ name }) => name));
  for (const name of readdirSync(directory)) {
    if (!wanted.has(name)) rmSync(join(directory, name), { force: true });
  }
  return files;
}

function unpack(
  home: string,
  { name: file, uri, sha256 }: ArchiveFile,
  parent: string,
): UnpackedPackage {
  const path = join(home, FILES, file);
  const field = (name: string): string =>
    runTool(DPKG_DEB, ['--field', path, name]).toString('utf8').trim();
  const name = field('Package');
  const version = field('Version');
  // `name` or `name (version)`; without the field or the version, they are the package's own.
  const [, source = name, sourceVersion = version] =
    /^(\S+)(?: \((\S+)\))?$/.exec(field('Source')) ?? [];
  const directory = join(parent, name);
  runTool(DPKG_DEB, ['--extract', path, directory]);
  const architecture = field('Architecture');
  return { name, version, architecture, source, sourceVersion, uri, sha256, directory };
}
