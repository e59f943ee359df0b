import {
  chmodSync,
  copyFileSync,
  existsSync,
  utimesSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { moveBuiltins } from './builtin-files.ts';
import { LIBRARY_DIRECTORY, NODE_FOR_X86, NODE_PACKAGE } from './debian-suite.ts';
import { writeSmallIcuLibrary } from './icu-library.ts';
import {
  ENTRY,
  entryText,
  launcherText,
  LIBRARY_HOME,
  LOADER,
  NODE,
  nodeVariables,
} from './launcher.ts';
import { describeShipped, nodeVersionOf, type X86Manifest } from './manifest.ts';
import type { PackageSource } from '../debian/package-source.ts';
import { findFile, sharedLibraries, type PackageFile } from './shared-libraries.ts';
import { unpackPackages, type UnpackedPackage } from '../debian/unpack-packages.ts';
import { BuildError } from '../runtime/build-error.mjs';

/** What the program for Linux x86 is made of. */
export interface LinuxX86Options {
  /** The directory with the bundle, `*.cjs`. */
  readonly dist: string;
  /** The directory to write; an existing one is replaced. Beside it are the manifest, `<output>.json`, and the package files with their record, `<output>.debs`. */
  readonly output: string;
  readonly source: PackageSource;
  /** The time that every file carries, in seconds since the epoch. */
  readonly sourceDateEpoch: number;
}

const LIBNODE = /^libnode\.so\.\d+$/;
const LIBICUDATA = /^libicudata\.so\.\d+$/;

const DIRECTORY_MODE = 0o755;
const PROGRAM_MODE = 0o755;
const FILE_MODE = 0o644;
const PROGRAMS: ReadonlySet<string> = new Set([
  'bin/session-manager-plugin',
  `lib/${LOADER}`,
  `lib/${NODE}`,
]);

/**
 * Makes the program for Linux x86, as it is installed: `bin/session-manager-plugin`, a launcher, and
 * `lib/` with Debian's Node.js, every library it needs down to the loader and libc, and the bundle.
 * It needs `/bin/sh`, a processor with SSE2 and Linux 3.2, and no file outside its directory.
 *
 * The same packages of Debian and the same bundle give the same bytes, modes and times.
 *
 * @returns what was shipped, which is also written as JSON beside the output
 * @throws BuildError when there is no bundle, or Debian's Node.js is not built as expected; ToolError when
 *   the packages cannot be had
 */
export async function buildLinuxX86(options: LinuxX86Options): Promise<X86Manifest> {
  const { dist, output, source, sourceDateEpoch } = options;
  const bundle = bundleFiles(dist);
  const work = mkdtempSync(join(tmpdir(), 'linux-x86-'));
  const unfinished = `${output}.${process.pid}`;
  const debs = `${unfinished}.debs`;
  try {
    const packages = await unpackPackages({
      choice: NODE_FOR_X86,
      source,
      directory: work,
      keepIn: debs,
    });
    mkdirSync(join(unfinished, 'bin'), { recursive: true });
    const owners = writeRuntime(join(unfinished, 'lib'), packages);
    for (const file of bundle) copyFileSync(join(dist, file), join(unfinished, 'lib', file));
    writeFileSync(join(unfinished, 'lib', ENTRY), entryText());
    const library = [...owners.keys()].find((name) => LIBNODE.test(name)) ?? '';
    writeFileSync(
      join(unfinished, 'bin/session-manager-plugin'),
      launcherText(nodeVariables(readFileSync(join(unfinished, 'lib', library)))),
    );
    normalise(unfinished, '', sourceDateEpoch);
    const manifest = describe(packages, owners);
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

const MAIN_FILE = 'session-manager-plugin.cjs';
/** How one file of the bundle reaches another. */
const REACHED_FILE = /\brequire\("\.\/([\w-]+\.cjs)"\)/g;

/** The files of the bundle that the program reaches: `dist` may hold those of other targets, too. */
function bundleFiles(dist: string): readonly string[] {
  if (!existsSync(join(dist, MAIN_FILE))) {
    throw new BuildError(`${dist} has no ${MAIN_FILE}: run "npm run build" first`);
  }
  const reached = new Set([MAIN_FILE]);
  for (const file of reached) {
    const text = readFileSync(join(dist, file), 'utf8');
    for (const [, other] of text.matchAll(REACHED_FILE)) if (other) reached.add(other);
  }
  return [...reached];
}

/**
 * Writes Node.js and what it needs.
 *
 * @param lib - the directory to create
 * @returns from names in `lib` to the packages that the files are of
 */
function writeRuntime(
  lib: string,
  packages: readonly UnpackedPackage[],
): ReadonlyMap<string, UnpackedPackage> {
  mkdirSync(lib);
  const program = findFile('usr/bin/node', packages);
  const libraries = sharedLibraries(pathOf(program), packages);
  const owners = new Map<string, UnpackedPackage>();
  const take = (name: string, file: PackageFile): void => {
    owners.set(name, file.package);
    copyFileSync(pathOf(file), join(lib, name));
  };
  take(NODE, program);
  take(LOADER, libraries.get(LOADER) ?? findFile(join(LIBRARY_DIRECTORY, LOADER), packages));
  for (const [name, file] of libraries) {
    if (LIBICUDATA.test(name)) {
      owners.set(name, file.package);
      writeSmallIcuLibrary(pathOf(file), name, join(lib, name));
    } else if (LIBNODE.test(name)) {
      const moved = moveBuiltins(readFileSync(pathOf(file)), LIBRARY_HOME);
      owners.set(name, file.package);
      writeFileSync(join(lib, name), moved.library);
      for (const [builtin, path] of moved.files) take(builtin, findFile(path, packages));
    } else {
      take(name, file);
    }
  }
  for (const expected of [LIBNODE, LIBICUDATA]) {
    if (![...owners.keys()].some((name) => expected.test(name))) {
      throw new BuildError(`Debian's Node.js needs no library ${expected.source}: it has changed`);
    }
  }
  return owners;
}

function pathOf(file: PackageFile): string {
  return join(file.package.directory, file.path);
}

function describe(
  packages: readonly UnpackedPackage[],
  owners: ReadonlyMap<string, UnpackedPackage>,
): X86Manifest {
  const node = packages.find(({ name }) => name === NODE_PACKAGE);
  if (node === undefined) throw new BuildError(`the package ${NODE_PACKAGE} is missing`);
  const byPath = new Map([...owners].map(([name, owner]) => [`lib/${name}`, owner]));
  return describeShipped(nodeVersionOf(node.version), byPath, packages);
}

/** Sets modes and times, of a directory after its contents: writing them changes its time. */
function normalise(root: string, path: string, sourceDateEpoch: number): void {
  const directory = join(root, path);
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const inside = join(path, entry.name);
    if (entry.isDirectory()) {
      normalise(root, inside, sourceDateEpoch);
    } else {
      chmodSync(join(root, inside), PROGRAMS.has(inside) ? PROGRAM_MODE : FILE_MODE);
      utimesSync(join(root, inside), sourceDateEpoch, sourceDateEpoch);
    }
  }
  chmodSync(directory, DIRECTORY_MODE);
  utimesSync(directory, sourceDateEpoch, sourceDateEpoch);
}
