import { constants, copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { exclusively } from '../runtime/lock.mjs';
import { runTool, type Tool } from '../tool.ts';
import { archiveFiles } from './archive-files.ts';
import {
  keptFiles,
  type PackageChoice,
  type PackageFiles,
  type PackageSource,
} from './package-source.ts';
import { writeRecord, type RecordedPackage } from './packages-record.ts';

export const DPKG_DEB: Tool = { program: 'dpkg-deb', debianPackage: 'dpkg' };

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

/** What to unpack, and where. */
export interface UnpackRequest {
  readonly choice: PackageChoice;
  readonly source: PackageSource;
  /** An empty directory, which takes a directory for each package. */
  readonly directory: string;
  /** The directory to create for the package files and their record. */
  readonly keepIn?: string;
}

/**
 * Unpacks packages of Debian, each into a directory of its own. Each file is compared with its digest
 * before it is used.
 *
 * @returns the packages, sorted by name
 * @throws UnavailableError when the mirror cannot be used; ToolError when a release would be made of an
 *   index that is out of date, or a package cannot be unpacked; BuildError when the kept packages are
 *   not those of their record
 */
export async function unpackPackages(request: UnpackRequest): Promise<readonly UnpackedPackage[]> {
  const { choice, source } = request;
  let unpacked: readonly UnpackedPackage[] = [];
  await usePackageFiles(choice, source, (files) => {
    unpacked = unpackFiles(files, request);
  });
  return unpacked;
}

/**
 * Runs an action on package files, while no other build renews them or drops them.
 *
 * @throws UnavailableError, ToolError and BuildError as {@link unpackPackages}, and what the action throws
 */
export async function usePackageFiles(
  choice: PackageChoice,
  source: PackageSource,
  action: (files: PackageFiles) => void | Promise<void>,
): Promise<void> {
  if (source.kind === 'kept') {
    await action(keptFiles(choice, source.directory));
    return;
  }
  await exclusively(join(source.archive.cache, choice.name, 'lock'), () =>
    action(archiveFiles(choice, source)),
  );
}

function unpackFiles(
  files: PackageFiles,
  { directory, keepIn }: UnpackRequest,
): readonly UnpackedPackage[] {
  const unpacked = files.record.packages.map((each) => unpack(files.directory, each, directory));
  if (keepIn !== undefined) keepFiles(files, keepIn);
  return unpacked.sort((one, other) => (one.name < other.name ? -1 : 1));
}

/** Copies package files and their record into a directory, from which {@link PackageSource} takes them again. */
export function keepFiles({ directory, record }: PackageFiles, keepIn: string): void {
  mkdirSync(keepIn, { recursive: true });
  for (const { file } of record.packages) {
    copyFileSync(join(directory, file), join(keepIn, file), constants.COPYFILE_FICLONE);
  }
  writeRecord(keepIn, record);
}

function unpack(
  files: string,
  { file, uri, sha256 }: RecordedPackage,
  parent: string,
): UnpackedPackage {
  const path = join(files, file);
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
