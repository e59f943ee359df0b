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
import { fingerprint } from '../fingerprint.ts';
import { exclusively } from '../runtime/lock.mjs';
import { CACHE, ROOT } from '../runtime/setup.mjs';
import { runTool, type Tool } from '../tool.ts';
import { DEBIAN_ARCHIVE, type PackageChoice } from './package-source.ts';
import { writeRecord } from './packages-record.ts';
import { DPKG_DEB, usePackageFiles } from './unpack-packages.ts';

/** What commands with {@link runInRoot} need. */
export const UNSHARE: Tool = { program: 'unshare', debianPackage: 'util-linux' };

const PROGRAM_MODE = 0o755;
const THIS_FILE = 'build/debian/private-root.ts';
const RUN_IN_ROOT = 'build/debian/run-in-root.sh';
/** Directories of Debian that are links since its system directories were merged (Debian 12). */
const MERGED_DIRECTORIES = ['bin', 'lib', 'lib64', 'sbin'];

/**
 * Programs of a suite of Debian that are newer than this machine's, with the libraries they need. They are
 * outside of the checkout, and leave the packages of this machine alone.
 */
export interface PrivateRoot {
  /** Where it is kept: a directory that is made in one step and never changed. */
  readonly home: string;
  readonly packages: PackageChoice;
  /** Does what scripts of the packages do when they are installed. It gets the directory of the root. */
  readonly complete: (root: string) => void;
  /** Shell scripts by the names of the commands. In them, `$home` is the home. */
  readonly commands: Readonly<Record<string, string>>;
}

/**
 * Describes a root. Its home is named after what it is made of, so that two checkouts never change the root
 * of each other.
 *
 * @param describedIn - the file, from the project's directory on, that calls this
 */
export function privateRoot(describedIn: string, root: Omit<PrivateRoot, 'home'>): PrivateRoot {
  const inputs = fingerprint(ROOT, [THIS_FILE, RUN_IN_ROOT, describedIn], []);
  return { ...root, home: join(CACHE, `${root.packages.name}-${inputs.slice(0, 12)}`) };
}

/** A command of a root. It is there once {@link makePrivateRoot} has made the root. */
export function commandOf(root: PrivateRoot, name: string, debianPackage: string): Tool {
  return { program: join(root.home, 'bin', name), debianPackage };
}

/** The file of a root at a path without a leading slash. */
export function fileIn(root: PrivateRoot, path: string): string {
  return join(root.home, 'root', path);
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
 * Makes a root where it is missing. Each package is compared with the digest in the index that Debian has
 * signed, and `debian-packages.json` in the home lists them.
 *
 * @throws UnavailableError when the mirror cannot be used or a tool is missing; ToolError when a package
 *   cannot be unpacked
 */
export async function makePrivateRoot(root: PrivateRoot): Promise<void> {
  if (existsSync(root.home)) return;
  await exclusively(`${root.home}.lock`, async () => {
    // Another process may have made it meanwhile.
    if (existsSync(root.home)) return;
    const unfinished = `${root.home}.unfinished`;
    rmSync(unfinished, { recursive: true, force: true });
    try {
      await fill(root, unfinished);
      renameSync(unfinished, root.home);
    } finally {
      rmSync(unfinished, { recursive: true, force: true });
    }
  });
}

async function fill(root: PrivateRoot, home: string): Promise<void> {
  const directory = join(home, 'root');
  mkdirSync(join(directory, 'etc'), { recursive: true });
  for (const name of MERGED_DIRECTORIES) symlinkSync(`usr/${name}`, join(directory, name));
  const source = { kind: 'archive', archive: DEBIAN_ARCHIVE, purpose: 'tool' } as const;
  await usePackageFiles(root.packages, source, (files) => {
    process.stderr.write(`Unpacking ${files.record.packages.length} packages...\n`);
    for (const { file } of files.record.packages) {
      runTool(DPKG_DEB, ['--extract', join(files.directory, file), directory]);
    }
    writeRecord(home, files.record);
  });
  root.complete(directory);
  copyFileSync(join(ROOT, RUN_IN_ROOT), join(home, 'run-in-root'));
  chmodSync(join(home, 'run-in-root'), PROGRAM_MODE);
  mkdirSync(join(home, 'bin'));
  for (const [name, text] of Object.entries(root.commands)) {
    const script = `#!/bin/sh\nhome=\${0%/*}/..\n${text}\n`;
    writeFileSync(join(home, 'bin', name), script, { mode: PROGRAM_MODE });
  }
}
