import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { PackageSource } from '../debian/package-source.ts';
import { unpackPackages, type UnpackedPackage } from '../debian/unpack-packages.ts';
import { describeShipped, type DebianManifest } from './manifest.ts';
import {
  LAUNCHER,
  LIBRARY_PLACE,
  pathOf,
  type OwnLibraries,
  type OwnProgram,
  type PackageFile,
} from './own-libraries.ts';
import { findFile, sharedLibraries } from './shared-libraries.ts';

/** What a program with its own libraries is made of. */
export interface LibrariesRequest {
  readonly libraries: OwnLibraries;
  readonly program: OwnProgram;
  /** The directory to write; an existing one is replaced. Beside it are the manifest, `<output>.json`, and the package files with their record, `<output>.debs`. */
  readonly output: string;
  readonly source: PackageSource;
  /** The time that every file carries, in seconds since the epoch. */
  readonly sourceDateEpoch: number;
}

const DIRECTORY_MODE = 0o755;
const PROGRAM_MODE = 0o755;
const FILE_MODE = 0o644;

/**
 * Makes a program for Linux as it is installed: a launcher in `bin/`, and in `lib/` Node.js with every library
 * that it needs, down to the loader and libc. It needs no library of the system.
 *
 * The same packages of Debian and the same program give the same bytes, modes and times.
 *
 * @returns what of Debian was shipped, which is also written as JSON beside the output
 * @throws BuildError when the program is not as expected; ToolError when the packages cannot be had
 */
export async function buildWithLibraries(request: LibrariesRequest): Promise<DebianManifest> {
  const { libraries, program, output, source, sourceDateEpoch } = request;
  const work = mkdtempSync(join(tmpdir(), 'own-libraries-'));
  const unfinished = `${output}.${process.pid}`;
  const debs = `${unfinished}.debs`;
  try {
    const packages = await unpackPackages({
      choice: libraries.packages,
      source,
      directory: work,
      keepIn: debs,
    });
    const owners = writeProgram(unfinished, request, packages);
    normalise(unfinished, '', {
      programs: [LAUNCHER, ...[libraries.loader, program.name].map(inLibraryPlace)],
      sourceDateEpoch,
    });
    const { suite } = libraries.packages;
    const manifest = describeShipped(suite, program.nodeVersion?.(packages), owners, packages);
    rmSync(output, { recursive: true, force: true });
    renameSync(unfinished, output);
    rmSync(`${output}.debs`, { recursive: true, force: true });
    renameSync(debs, `${output}.debs`);
    writeFileSync(`${output}.json`, `${JSON.stringify(manifest, undefined, 2)}\n`);
    return manifest;
  } finally {
    rmSync(work, { recursive: true, force: true });
    for (const each of [unfinished, debs]) rmSync(each, { recursive: true, force: true });
  }
}

function inLibraryPlace(name: string): string {
  return join(LIBRARY_PLACE, name);
}

/** Writes the directory. @returns from names in it to the packages that the files are of */
function writeProgram(
  directory: string,
  { libraries, program }: LibrariesRequest,
  packages: readonly UnpackedPackage[],
): ReadonlyMap<string, UnpackedPackage> {
  const owners = new Map<string, UnpackedPackage>();
  for (const name of [dirname(LAUNCHER), LIBRARY_PLACE]) {
    mkdirSync(join(directory, name), { recursive: true });
  }
  const take = (name: string, file: PackageFile): void => {
    owners.set(inLibraryPlace(name), file.package);
    copyFileSync(pathOf(file), join(directory, inLibraryPlace(name)));
  };
  const { libraryDirectory, loader } = libraries;
  const executable = program.executable(packages);
  const isShipped = typeof executable !== 'string';
  const path = isShipped ? pathOf(executable) : executable;
  const needed = sharedLibraries(path, libraryDirectory, packages);
  if (isShipped) take(program.name, executable);
  else copyFileSync(executable, join(directory, inLibraryPlace(program.name)));
  take(loader, needed.get(loader) ?? findFile(join(libraryDirectory, loader), packages));
  for (const [name, file] of needed) take(name, file);
  program.complete({ directory, packages, libraries: needed, take });
  return owners;
}

/** Sets modes and times, of a directory after its contents: writing them changes its time. */
function normalise(
  root: string,
  path: string,
  facts: { readonly programs: readonly string[]; readonly sourceDateEpoch: number },
): void {
  const { programs, sourceDateEpoch } = facts;
  const directory = join(root, path);
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const inside = join(path, entry.name);
    if (entry.isDirectory()) {
      normalise(root, inside, facts);
    } else {
      chmodSync(join(root, inside), programs.includes(inside) ? PROGRAM_MODE : FILE_MODE);
      utimesSync(join(root, inside), sourceDateEpoch, sourceDateEpoch);
    }
  }
  chmodSync(directory, DIRECTORY_MODE);
  utimesSync(directory, sourceDateEpoch, sourceDateEpoch);
}
