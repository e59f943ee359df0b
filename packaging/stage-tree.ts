import {
  chmodSync,
  copyFileSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  symlinkSync,
  utimesSync,
  type Stats,
} from 'node:fs';
import { join } from 'node:path';
import { BuildError } from '../build/runtime/build-error.mjs';

/** A tree that no package can be made of. The message names the file and what is expected of it. */
export class TreeError extends BuildError {
  override readonly name = 'TreeError';
}

/** What a tree became on its way into a package. */
export interface StagedTree {
  /** Paths of all regular files relative to the destination, sorted. */
  readonly files: readonly string[];
  /** Disk space in KiB, each file and directory rounded up (Debian Policy 5.6.20, Installed-Size). */
  readonly installedKibibytes: number;
}

/** On Windows the program has an ending. */
const PROGRAMS = ['bin/session-manager-plugin', 'bin/session-manager-plugin.exe'] as const;
export const DIRECTORY_MODE = 0o755;
export const EXECUTABLE_MODE = 0o755;
export const FILE_MODE = 0o644;
const OWNER_EXECUTES = 0o100;
const KIBIBYTE = 1024;

/**
 * Copies a tree so that a package made of the copy depends on nothing but the tree's content: modes
 * are 0755 for directories and for what its owner may execute, 0644 for everything else, and every
 * time is the same.
 *
 * @param tree - the installed tree, with the program in `bin/`
 * @param destination - a directory that is not there yet, in one that is
 * @param epoch - the time of every file and directory, in seconds since the epoch
 * @throws TreeError when the program is missing or cannot be executed, or something is neither a file,
 * a directory nor a symbolic link
 */
export function stageTree(tree: string, destination: string, epoch: number): StagedTree {
  requireProgram(tree);
  const files: string[] = [];
  let installedKibibytes = 0;

  const copy = (path: string): void => {
    const from = join(tree, path);
    const to = join(destination, path);
    const stats = lstatSync(from);
    if (stats.isDirectory()) {
      mkdirSync(to);
      for (const name of readdirSync(from).sort()) copy(join(path, name));
      settle(to, DIRECTORY_MODE, epoch);
      installedKibibytes += 1;
    } else if (stats.isFile()) {
      copyFileSync(from, to);
      settle(to, isExecutable(stats) ? EXECUTABLE_MODE : FILE_MODE, epoch);
      files.push(path);
      installedKibibytes += kibibytesOf(stats.size);
    } else if (stats.isSymbolicLink()) {
      symlinkSync(readlinkSync(from), to);
      lutimesSync(to, epoch, epoch);
      installedKibibytes += 1;
    } else {
      throw new TreeError(`${from} is neither a file, a directory nor a symbolic link`);
    }
  };

  copy('');
  return { files: files.sort(), installedKibibytes };
}

/**
 * The path of the program in an installed tree.
 *
 * @throws TreeError when it is missing
 */
export function programIn(tree: string): string {
  const paths = PROGRAMS.map((name) => join(tree, name));
  const path = paths.find((each) => lstatSync(each, { throwIfNoEntry: false }) !== undefined);
  if (path === undefined) throw new TreeError(`${tree} holds no ${PROGRAMS[0]}`);
  return path;
}

function requireProgram(tree: string): void {
  const path = programIn(tree);
  if (!isExecutable(lstatSync(path))) {
    throw new TreeError(`${path} must be a file that its owner may execute`);
  }
}

/** The disk space of a file in KiB, rounded up. */
export function kibibytesOf(bytes: number): number {
  return Math.ceil(bytes / KIBIBYTE);
}

/** Gives a file or directory its mode, whatever the umask is, and its time in seconds since the epoch. */
export function settle(path: string, mode: number, epoch: number): void {
  chmodSync(path, mode);
  utimesSync(path, epoch, epoch);
}

function isExecutable(stats: Stats): boolean {
  return stats.isFile() && (stats.mode & OWNER_EXECUTES) !== 0;
}
