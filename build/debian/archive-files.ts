import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { BuildError } from '../runtime/build-error.mjs';
import { withProgress } from '../runtime/progress.mjs';
import { hasCode } from '../runtime/setup.mjs';
import { ToolError, UnavailableError } from '../tool.ts';
import { day, whyOutOfDate, whyWithoutUpdates, type IndexDates } from './archive-index.ts';
import { withoutCredentials } from './mirror-failures.ts';
import {
  missingIn,
  type PackageChoice,
  type PackageFiles,
  type PackageSource,
} from './package-source.ts';
import {
  isWhole,
  readRecord,
  RECORD_FILE,
  writeRecord,
  type PackagesRecord,
  type RecordedPackage,
} from './packages-record.ts';
import {
  openPrivateApt,
  type ArchiveFile,
  type MirroredSuite,
  type PrivateApt,
} from './private-apt.ts';

/** The archive of Debian, as a source of packages. */
type ArchiveSource = Extract<PackageSource, { kind: 'archive' }>;

/**
 * Package files of today: those that the signed indexes name now, or, except for a release, that they named
 * earlier the same day (UTC). To be called by one build at a time.
 *
 * @throws ToolError when a release would be made of an index that is out of date; UnavailableError when
 *   a mirror cannot be used
 */
export function archiveFiles(choice: PackageChoice, source: ArchiveSource): PackageFiles {
  const { archive, purpose } = source;
  const home = join(archive.cache, choice.name);
  const directory = join(home, 'files');
  const now = archive.now();
  const kept = purpose === 'release' ? undefined : readToday(directory, now);
  const isEnough =
    kept !== undefined &&
    missingIn(kept, choice) === undefined &&
    (purpose === 'tool' || kept.security !== undefined);
  const record = isEnough ? kept : fetchFiles(choice, source, home, directory);
  const problem = purpose === 'tool' ? undefined : whyNotCurrent(record, now);
  if (problem !== undefined) {
    if (purpose === 'release') {
      throw new ToolError(
        `${problem} Name a current mirror in the sources of apt, or repeat an earlier release with --debs DIR.`,
      );
    }
    process.stderr.write(`Warning: ${problem} A release cannot be made of it.\n`);
  }
  return { directory, record };
}

/** A sentence about why packages must not be released. */
function whyNotCurrent({ suite, index, security }: PackagesRecord, now: Date): string | undefined {
  const why = whyOutOfDate(index, now);
  if (why !== undefined) return `Debian's index of ${suite} ${why}.`;
  if (security === undefined) return `What was taken of ${suite} is without security updates.`;
  const whyWithout = whyWithoutUpdates(security, now);
  return whyWithout === undefined
    ? undefined
    : `Debian's index of ${securitySuite(suite)} ${whyWithout}.`;
}

/** Debian's name for the security updates of a suite. */
function securitySuite(suite: string): string {
  return `${suite}-security`;
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
  source: ArchiveSource,
  home: string,
  directory: string,
): PackagesRecord {
  const { suite, architecture, withDependencies, alone } = choice;
  const { apt, index, security } = openUpdated(choice, source, home);
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
  const record = { suite, architecture, index, security, packages };
  writeRecord(directory, record);
  return record;
}

/** An apt that has fetched its indexes, and their dates. */
interface UpdatedApt {
  readonly apt: PrivateApt;
  readonly index: IndexDates;
  /** Undefined without security updates. */
  readonly security: IndexDates | undefined;
}

function openUpdated(
  choice: PackageChoice,
  { archive, purpose }: ArchiveSource,
  home: string,
): UpdatedApt {
  const { suite, architecture, withDependencies, alone } = choice;
  const mirrors = archive.mirrors();
  const names = [...withDependencies, ...alone];
  const what = names.length > MOST_NAMES ? `${names.length} packages` : names.join(' and ');
  const main: MirroredSuite = { suite, mirror: mirrors.main };
  const updates: MirroredSuite = { suite: securitySuite(suite), mirror: mirrors.security };
  const update = (...suites: readonly MirroredSuite[]): UpdatedApt => {
    const asked = suites.map(({ mirror }) => withoutCredentials(mirror)).join(' and ');
    process.stderr.write(`Asking ${asked} for ${what} of ${suite} (${architecture})...\n`);
    const apt = openPrivateApt({ home, suites, architecture, keyring: archive.keyring });
    const [index, security] = apt.update();
    if (index === undefined) throw new UnavailableError(`there is no index of ${suite}`);
    return { apt, index, security };
  };
  if (purpose === 'tool') return update(main);
  try {
    return update(main, updates);
  } catch (error) {
    if (purpose === 'release' || !(error instanceof UnavailableError)) throw error;
    // If this fails, too, its error is about the suite itself.
    const withoutUpdates = update(main);
    process.stderr.write(`${error.message}\n`);
    return withoutUpdates;
  }
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
