import { systemCode } from '../../lib/errors/system-error.ts';
import { constants, statSync, type Stats } from 'node:fs';
import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { checkFileOwnedByRoot, checkOwnedByRoot } from './foreign-owner.ts';

/** The result of checking a file. */
export interface FileState {
  readonly size: number;
  /** When its contents changed, milliseconds since the epoch. */
  readonly modified: number;
  /** Differs between two files of one name, and between two contents of one file, except within a tick of the clock. */
  readonly mark: string;
}

/** A file open for appending. */
export interface AppendHandle {
  /** Bytes it holds now. */
  size(): Promise<number>;
  /**
   * Appends bytes, also after the bytes of other processes, in one piece unless the disk is full.
   *
   * @returns how many were appended: fewer when the disk is full
   */
  append(bytes: Uint8Array): Promise<number>;
  close(): Promise<void>;
}

/** The file system for logging. Unless documented otherwise, its methods throw the system's errors. */
export interface LogFileSystem {
  /** Undefined when nothing has this name. */
  checkNow(path: string): FileState | undefined;
  /** Undefined when nothing has this name. */
  check(path: string): Promise<FileState | undefined>;
  /** Reads a regular file; fails for anything else and for more than `limit` bytes. */
  read(path: string, limit: number): Promise<Uint8Array>;
  /**
   * Opens a file for appending. A new one is accessible only to its owner (mode 0600). It never follows
   * a symbolic link and never waits for the reader of a pipe.
   *
   * @throws ConfigurationError for root, when the file or a directory above it belongs to another user
   */
  openForAppending(path: string): Promise<AppendHandle>;
  /**
   * Makes a directory and those above it, accessible only to the owner (mode 0700).
   *
   * @throws ConfigurationError for root, when a directory above it belongs to another user
   */
  makeDirectory(path: string): Promise<void>;
  /** Makes an empty file; false when the name is taken. */
  createNew(path: string): Promise<boolean>;
  /** Renames a file and replaces another of that name; false when there is no such file. */
  rename(from: string, to: string): Promise<boolean>;
  /** Removes a file, if it is there. */
  remove(path: string): Promise<void>;
}

const OWNER_FILE = 0o600;
const OWNER_DIRECTORY = 0o700;

// Windows has neither flag. There they are undefined, which `|` reads as 0.
const APPENDING =
  constants.O_WRONLY |
  constants.O_APPEND |
  constants.O_CREAT |
  constants.O_NOFOLLOW |
  constants.O_NONBLOCK;

const stateOf = ({ size, mtimeMs, ctimeMs, ino }: Stats): FileState => ({
  size,
  modified: mtimeMs,
  mark: `${ino}:${size}:${mtimeMs}:${ctimeMs}`,
});

/** Resolves with a fallback when the work fails with an error of one of these codes. */
async function unless<Result, Fallback>(
  work: Promise<Result>,
  codes: readonly string[],
  fallback: Fallback,
): Promise<Result | Fallback> {
  try {
    return await work;
  } catch (error) {
    if (codes.includes(systemCode(error))) return fallback;
    throw error;
  }
}

// A name below a file that is not a directory is absent, too.
const ABSENT = ['ENOENT', 'ENOTDIR'];

async function readRegularFile(path: string, limit: number): Promise<Uint8Array> {
  const stats = await stat(path);
  // Reading a pipe would wait for its writer.
  if (!stats.isFile()) throw new Error(`${path} is not a regular file`);
  if (stats.size > limit) throw new Error(`${path} is larger than ${limit} bytes`);
  return readFile(path);
}

const isRoot = (): boolean => process.geteuid?.() === 0;

async function openForAppending(path: string): Promise<AppendHandle> {
  if (isRoot()) await checkOwnedByRoot(dirname(path));
  const handle = await open(path, APPENDING, OWNER_FILE);
  try {
    if (isRoot()) checkFileOwnedByRoot(path, await handle.stat());
  } catch (error) {
    await handle.close();
    throw error;
  }
  return {
    size: async () => (await handle.stat()).size,
    append: async (bytes) => (await handle.write(bytes)).bytesWritten,
    close: () => handle.close(),
  };
}

/** The closest existing directory above a path. */
async function existingParent(path: string): Promise<string> {
  const parent = dirname(path);
  const stats = await unless(stat(parent), ABSENT, undefined);
  return stats === undefined && parent !== path ? existingParent(parent) : parent;
}

/** The machine's file system. */
export const systemLogFileSystem: LogFileSystem = {
  checkNow: (path) => {
    const stats = statSync(path, { throwIfNoEntry: false });
    return stats && stateOf(stats);
  },
  check: async (path) => {
    const stats = await unless(stat(path), ABSENT, undefined);
    return stats && stateOf(stats);
  },
  read: readRegularFile,
  openForAppending,
  makeDirectory: async (path) => {
    if (isRoot()) await checkOwnedByRoot(await existingParent(path));
    await mkdir(path, { recursive: true, mode: OWNER_DIRECTORY });
  },
  createNew: async (path) => {
    const handle = await unless(open(path, 'wx', OWNER_FILE), ['EEXIST'], undefined);
    await handle?.close();
    return handle !== undefined;
  },
  rename: async (from, to) => {
    const renamed = rename(from, to).then(() => true);
    return unless(renamed, ABSENT, false);
  },
  remove: (path) => rm(path, { force: true }),
};
