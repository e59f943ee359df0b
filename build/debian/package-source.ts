import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { BuildError } from '../runtime/build-error.mjs';
import { withProgress } from '../runtime/progress.mjs';
import { CACHE, hasCode } from '../runtime/setup.mjs';
import { ToolError, UnavailableError } from '../tool.ts';
import { day, whyOutOfDate } from './archive-index.ts';
import { debianMirror } from './debian-mirror.ts';
import {
  isWhole,
  readRecord,
  RECORD_FILE,
  writeRecord,
  type PackagesRecord,
  type RecordedPackage,
} from './packages-record.ts';
import {
  KEYRING_FILE,
  openPrivateApt,
  withoutCredentials,
  type ArchiveFile,
  type PrivateApt,
} from './private-apt.ts';

/** What is wanted of the archive. */
export interface PackageChoice {
  /** Of the directory in which the index and the package files are kept. */
  readonly name: string;
  /** Code name of Debian's suite. */
  readonly suite: string;
  /** As apt names it. */
  readonly architecture: string;
  readonly withDependencies: readonly string[];
  readonly alone: readonly string[];
}

/** Where Debian's packages come from. */
export type PackageSource =
  | {
      readonly kind: 'archive';
      readonly archive: DebianArchive;
      /**
       * A release asks the archive each time and refuses an index that is out of date. Of tools that are
       * not shipped the date does not matter.
       */
      readonly purpose: 'release' | 'development' | 'tool';
    }
  | {
      readonly kind: 'kept';
      /** Holds package files and their record. */
      readonly directory: string;
    };

/** Ends the names of directories with the package files of a program, after the name of its target. */
const KEPT_SUFFIX = '.debs';

/** Debian's archive, as a build sees it. */
export interface DebianArchive {
  /** URI of the mirror to ask. It is called only when one is asked. */
  readonly mirror: () => string;
  /** Path of the keys that may sign the index. */
  readonly keyring: string;
  /** The directory for what is fetched. */
  readonly cache: string;
  readonly now: () => Date;
}

/** Package files in a directory. */
export interface PackageFiles {
  readonly directory: string;
  readonly record: PackagesRecord;
}

/** The archive itself: by the mirror that this machine's apt uses, kept outside the checkout. */
export const DEBIAN_ARCHIVE: DebianArchive = {
  mirror: debianMirror,
  keyring: KEYRING_FILE.program,
  cache: join(CACHE, 'debian'),
  now: () => new Date(),
};

/**
 * Chooses the source for a build.
 *
 * @param debs - a directory with kept packages, or with directories of them: see {@link keptFor}; empty for the
 *   archive
 */
export function packageSource(purpose: 'release' | 'development', debs: string): PackageSource {
  if (debs !== '') return { kind: 'kept', directory: debs };
  return { kind: 'archive', archive: DEBIAN_ARCHIVE, purpose };
}

/**
 * The source for one of several programs.
 *
 * @param target - its name. Its kept packages are in the directory `<target>.debs` of that of the source
 */
export function keptFor(target: string, source: PackageSource): PackageSource {
  if (source.kind === 'archive') return source;
  return { kind: 'kept', directory: join(source.directory, target + KEPT_SUFFIX) };
}

/**
 * Package files that a release was made of before, each as its record names it. No network is used and
 * no date compared.
 *
 * @throws BuildError when the record is missing or of something else, or a file is missing or changed
 */
export function keptFiles(choice: PackageChoice, directory: string): PackageFiles {
  const record = readRecord(directory);
  const { suite, architecture, packages, index } = record;
  const path = join(directory, RECORD_FILE);
  if (suite !== choice.suite || architecture !== choice.architecture) {
    throw new BuildError(
      `${path} is of ${suite} (${architecture}), not of ${choice.suite} (${choice.architecture})`,
    );
  }
  const missing = missingIn(record, choice);
  if (missing !== undefined) throw new BuildError(`${path} does not name the package ${missing}`);
  for (const each of packages) {
    if (!isWhole(directory, each)) {
      throw new BuildError(
        `${join(directory, each.file)} is missing, or not the file of the record`,
      );
    }
  }
  process.stderr.write(`Using the packages of ${day(index.date)} in ${directory}\n`);
  return { directory, record };
}

/** A package that is wanted, and that the record does not name. */
function missingIn({ packages }: PackagesRecord, choice: PackageChoice): string | undefined {
  const names = new Set(packages.map(({ name }) => name));
  return [...choice.withDependencies, ...choice.alone].find((name) => !names.has(name));
}

/**
 * Package files of today: those that the signed index names now, or, except for a release, that it named
 * earlier the same day (UTC). To be called by one build at a time.
 *
 * @throws ToolError when a release would be made of an index that is out of date; UnavailableError when
 *   the mirror cannot be used
 */
export function archiveFiles(
  choice: PackageChoice,
  { archive, purpose }: Extract<PackageSource, { kind: 'archive' }>,
): PackageFiles {
  const home = join(archive.cache, choice.name);
  const directory = join(home, 'files');
  const now = archive.now();
  const kept = purpose === 'release' ? undefined : readToday(directory, now);
  const isEnough = kept !== undefined && missingIn(kept, choice) === undefined;
  const record = isEnough ? kept : fetchFiles(choice, archive, home, directory);
  const why = purpose === 'tool' ? undefined : whyOutOfDate(record.index, now);
  if (why !== undefined) {
    const text = `Debian's index of ${choice.suite} ${why}.`;
    if (purpose === 'release') {
      throw new ToolError(
        `${text} Name a current mirror in the sources of apt, or repeat an earlier release with --debs DIR.`,
      );
    }
    process.stderr.write(`Warning: ${text} A release cannot be made of it.\n`);
  }
  return { directory, record };
}

/** What the archive offered when it was last asked, if that was today and all files are still whole. */
function readToday(directory: string, now: Date): PackagesRecord | undefined {
  try {
    const asked = statSync(join(directory, RECORD_FILE)).mtime;
    if (day(asked.toISOString()) !== day(now.toISOString())) return undefined;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
  return readWhole(directory);
}

function readWhole(directory: string): PackagesRecord | undefined {
  try {
    const record = readRecord(directory);
    return record.packages.every((each) => isWhole(directory, each)) ? record : undefined;
  } catch (error) {
    if (error instanceof BuildError) return undefined;
    throw error;
  }
}

/** As many names of packages are written in one line. */
const MOST_NAMES = 3;

/** Fetches the packages that the archive has now, and drops those it no longer has. */
function fetchFiles(
  choice: PackageChoice,
  archive: DebianArchive,
  home: string,
  directory: string,
): PackagesRecord {
  const mirror = archive.mirror();
  const { suite, architecture, withDependencies, alone } = choice;
  const names = [...withDependencies, ...alone];
  const what = names.length > MOST_NAMES ? `${names.length} packages` : names.join(' and ');
  process.stderr.write(
    `Asking ${withoutCredentials(mirror)} for ${what} of ${suite} (${architecture})...\n`,
  );
  const apt = openPrivateApt({ home, suite, architecture, mirror, keyring: archive.keyring });
  const index = apt.update();
  const offered = [
    ...withDependencies.flatMap((name) => apt.filesWithDependencies(name)),
    ...apt.filesAlone(alone),
  ];
  const files = [...new Map(offered.map((each) => [each.file, each])).values()];
  mkdirSync(directory, { recursive: true });
  download(apt, files, home, directory);
  const wanted = new Set(files.map(({ file }) => file));
  for (const name of readdirSync(directory)) {
    if (!wanted.has(name)) rmSync(join(directory, name), { force: true });
  }
  const packages = files.map(recorded).sort((one, other) => (one.file < other.file ? -1 : 1));
  const record = { suite, architecture, index, packages };
  writeRecord(directory, record);
  return record;
}

/** Fetches those of the files that are not there yet. */
function download(
  apt: PrivateApt,
  files: readonly ArchiveFile[],
  home: string,
  directory: string,
): void {
  const missing = files.filter((each) => !isWhole(directory, each));
  for (const { file } of missing) rmSync(join(directory, file), { force: true });
  if (missing.length > 0) {
    const bytes = missing.reduce((sum, each) => sum + each.bytes, 0);
    const what = `${missing.length} packages of Debian`;
    const progress = { what, to: directory, bytes, arriving: home, arrivingBytes: bytes };
    withProgress(progress, () => apt.download(missing, directory));
  }
  const broken = missing.find((each) => !isWhole(directory, each));
  if (broken !== undefined) {
    throw new UnavailableError(`${broken.uri} is not the file that the index names`);
  }
}

function recorded({
  name,
  version,
  architecture,
  file,
  uri,
  sha256,
}: ArchiveFile): RecordedPackage {
  return { name, version, architecture, file, uri, sha256 };
}
