import { join } from 'node:path';
import { BuildError } from '../runtime/build-error.mjs';
import { CACHE } from '../runtime/setup.mjs';
import { day } from './archive-index.ts';
import { debianMirrors, type DebianMirrors } from './debian-mirror.ts';
import { isWhole, readRecord, RECORD_FILE, type PackagesRecord } from './packages-record.ts';
import { KEYRING_FILE } from './private-apt.ts';

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
       * A release asks the archive each time. It refuses an index that is out of date, and packages without
       * security updates, about which development only warns. Neither matters for tools that are not shipped.
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
  /** The mirrors to ask. It is called only when one is asked. */
  readonly mirrors: () => DebianMirrors;
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

/** The archive itself: by the mirrors that this machine's apt uses, kept outside the checkout. */
export const DEBIAN_ARCHIVE: DebianArchive = {
  mirrors: debianMirrors,
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
export function missingIn({ packages }: PackagesRecord, choice: PackageChoice): string | undefined {
  const names = new Set(packages.map(({ name }) => name));
  return [...choice.withDependencies, ...choice.alone].find((name) => !names.has(name));
}
