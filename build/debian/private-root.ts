import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fingerprint, makeWhenChanged } from '../fingerprint.ts';
import { BuildError } from '../runtime/build-error.mjs';
import { exclusively } from '../runtime/lock.mjs';
import { CACHE, ROOT } from '../runtime/setup.mjs';
import { runTool, type Tool } from '../tool.ts';
import {
  DEBIAN_ARCHIVE,
  type PackageChoice,
  type PackageFiles,
  type PackageSource,
} from './package-source.ts';
import { writeRecord, type PackagesRecord } from './packages-record.ts';
import { DPKG_DEB, keepFiles, usePackageFiles } from './unpack-packages.ts';

/** What commands with {@link runInRoot} need. */
export const UNSHARE: Tool = { program: 'unshare', debianPackage: 'util-linux' };

const PROGRAM_MODE = 0o755;
const THIS_FILE = 'build/debian/private-root.ts';
const RUN_IN_ROOT = 'build/debian/run-in-root.sh';
/** Directories of Debian that are links since its system directories were merged (Debian 12). */
const MERGED_DIRECTORIES = ['bin', 'lib', 'lib64', 'sbin'];

/** What a root consists of. */
export interface RootContent {
  readonly packages: PackageChoice;
  /** Does what scripts of the packages do when they are installed. It gets the directory of the root. */
  readonly complete: (root: string) => void;
  /** Shell scripts by the names of the commands. In them, `$home` is the home. */
  readonly commands: Readonly<Record<string, string>>;
}

/**
 * Programs of a suite of Debian that are newer than this machine's, with the libraries they need. They leave the
 * packages of this machine alone.
 */
export interface PrivateRoot extends RootContent {
  /** The directory that it is kept in. */
  readonly home: string;
  /** A digest of how it is made. */
  readonly description: string;
}

/**
 * Describes a root of tools, outside of the checkout. Its home is named after how it is made, so that two checkouts never
 * change the root of each other.
 *
 * @param describedIn - the file, from the project's directory on, that calls this
 */
export function privateRoot(describedIn: string, content: RootContent): PrivateRoot {
  const description = descriptionOf(describedIn);
  const home = join(CACHE, `${content.packages.name}-${description.slice(0, 12)}`);
  return { ...content, home, description };
}

/**
 * Describes a root whose programs put code of their own into what is shipped.
 *
 * @param describedIn - as {@link privateRoot}
 * @param home - a directory of the checkout
 */
export function shippingRoot(describedIn: string, content: RootContent, home: string): PrivateRoot {
  return { ...content, home, description: descriptionOf(describedIn) };
}

function descriptionOf(describedIn: string): string {
  return fingerprint(ROOT, [THIS_FILE, RUN_IN_ROOT, describedIn], []);
}

/** A command of a root. It is there once the root is made. */
export function commandOf(
  { home }: Pick<PrivateRoot, 'home'>,
  name: string,
  debianPackage: string,
): Tool {
  return { program: join(home, 'bin', name), debianPackage };
}

/** The file of a root at a path without a leading slash. */
export function fileIn({ home }: PrivateRoot, path: string): string {
  return join(home, 'root', path);
}

/** A line for {@link PrivateRoot.commands}: runs a program with the system files of the root. */
export function runInRoot(program: string): string {
  return `exec "$home/run-in-root" "$home/root" ${program} "$@"`;
}

/**
 * A line for {@link PrivateRoot.commands}: runs a program by the loader and libraries of the root, with the
 * files of this machine. That needs no rights, but does not do for a program that looks for files of its own
 * in system directories, or starts programs of its package.
 *
 * @param program - its path in the root, without a leading slash; a program for x86-64
 */
export function runByLoader(program: string): string {
  const run = [
    '"$home/root/usr/lib64/ld-linux-x86-64.so.2"',
    '--library-path "$home/root/usr/lib/x86_64-linux-gnu"',
    `"$home/root/${program}" "$@"`,
  ];
  return `exec ${run.join(' ')}`;
}

/**
 * Makes a root of tools where it is missing: in one step, and it is never changed. Each package is compared with the digest in
 * the index that Debian has signed, and `debian-packages.json` in the home lists them.
 *
 * @throws UnavailableError when the mirror cannot be used or a tool is missing; ToolError when a package
 *   cannot be unpacked
 */
export async function makePrivateRoot(root: PrivateRoot): Promise<void> {
  if (existsSync(root.home)) return;
  await exclusively(`${root.home}.lock`, async () => {
    // Another process may have made it meanwhile.
    if (existsSync(root.home)) return;
    const source = { kind: 'archive', archive: DEBIAN_ARCHIVE, purpose: 'tool' } as const;
    await usePackageFiles(root.packages, source, (files) => replaceRoot(root, files));
  });
}

/**
 * Makes a root whose programs put code of their own into what is shipped, and makes it again when the source has other
 * packages.
 *
 * @param keepIn - the directory for the package files and their record; an existing one is replaced
 * @returns the record
 * @throws UnavailableError, ToolError and BuildError as {@link usePackageFiles}; ToolError when a package cannot be unpacked
 */
export async function makeShippingRoot(
  root: PrivateRoot,
  source: PackageSource,
  keepIn: string,
): Promise<PackagesRecord> {
  const records: PackagesRecord[] = [];
  await exclusively(`${root.home}.lock`, () =>
    usePackageFiles(root.packages, source, async (files) => {
      const digests = files.record.packages.map(({ sha256 }) => sha256);
      const inputs = [root.description, ...digests].join(' ');
      await makeWhenChanged([root.home], inputs, () => replaceRoot(root, files));
      replaceDirectory(keepIn, (unfinished) => keepFiles(files, unfinished));
      records.push(files.record);
    }),
  );
  const [record] = records;
  if (record === undefined) throw new BuildError(`${root.home} was not made`);
  return record;
}

function replaceRoot(root: PrivateRoot, files: PackageFiles): void {
  replaceDirectory(root.home, (unfinished) => fill(root, unfinished, files));
}

/** Writes a directory beside, and puts it in the place of an existing one. */
function replaceDirectory(directory: string, write: (unfinished: string) => void): void {
  const unfinished = `${directory}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  try {
    write(unfinished);
    rmSync(directory, { recursive: true, force: true });
    renameSync(unfinished, directory);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

function fill(root: PrivateRoot, home: string, files: PackageFiles): void {
  const directory = join(home, 'root');
  mkdirSync(join(directory, 'etc'), { recursive: true });
  for (const name of MERGED_DIRECTORIES) symlinkSync(`usr/${name}`, join(directory, name));
  process.stderr.write(`Unpacking ${files.record.packages.length} packages...\n`);
  for (const { file } of files.record.packages) {
    runTool(DPKG_DEB, ['--extract', join(files.directory, file), directory]);
  }
  writeRecord(home, files.record);
  root.complete(directory);
  copyFileSync(join(ROOT, RUN_IN_ROOT), join(home, 'run-in-root'));
  chmodSync(join(home, 'run-in-root'), PROGRAM_MODE);
  mkdirSync(join(home, 'bin'));
  for (const [name, text] of Object.entries(root.commands)) {
    const script = `#!/bin/sh\nhome=\${0%/*}/..\n${text}\n`;
    writeFileSync(join(home, 'bin', name), script, { mode: PROGRAM_MODE });
  }
}
