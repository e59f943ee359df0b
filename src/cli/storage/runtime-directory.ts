import type { Stats } from 'node:fs';
import { lstat, mkdir } from 'node:fs/promises';
import { dirname, join, posix } from 'node:path';
import { storageFailures } from '../../failures/storage.ts';
import { asError } from '../../lib/errors/as-error.ts';
import { systemCode, systemText } from '../../lib/errors/system-error.ts';
import { printable } from '../../lib/printable.ts';
import { quoteForShell } from '../../lib/quote-for-shell.ts';
import { CommandError, isCommandError, type CommandContext } from '../framework/command-context.ts';

/** Whose directory it is. */
export interface RuntimeOwner extends Pick<CommandContext, 'env' | 'platform'> {
  /** The effective user. */
  readonly userId: number;
}

const NAME = 'session-manager-plugin';
/** Only the user may search it: sockets in it are for the user alone on every system. */
const DIRECTORY_MODE = 0o700;
const OTHERS = 0o077;
const OTHERS_WRITE = 0o022;
/** Only the owner of a file may rename or remove it there (stat(2)). */
const STICKY = 0o1000;
const ROOT = 0;
const HOW_TO_CHOOSE = 'Set XDG_RUNTIME_DIR to a directory that only you can use';

/**
 * Finds the directory for sockets and private files of the user. It is in `$XDG_RUNTIME_DIR`; where that is not set, in the one that
 * systemd has made, or in /tmp. So all terminals of a user find the same one.
 *
 * @returns undefined when it is missing
 * @throws CommandError when other users could use it, or replace what is in it
 */
export async function findRuntimeDirectory(owner: RuntimeOwner): Promise<string | undefined> {
  const path = await pathFor(owner);
  try {
    await checkBoth(path, owner.userId);
    return path;
  } catch (error) {
    const code = systemCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw explained(path, error);
  }
}

/** The same, and makes it if it is missing. */
export async function makeRuntimeDirectory(owner: RuntimeOwner): Promise<string> {
  const path = await pathFor(owner);
  try {
    await mkdir(path, { mode: DIRECTORY_MODE }).catch((error: unknown) => {
      if (systemCode(error) !== 'EEXIST') throw error;
    });
    await checkBoth(path, owner.userId);
    return path;
  } catch (error) {
    throw explained(path, error);
  }
}

async function checkBoth(path: string, userId: number): Promise<void> {
  checkParent(dirname(path), await lstat(dirname(path)), userId);
  check(path, await lstat(path), userId);
}

function explained(path: string, error: unknown): unknown {
  if (isCommandError(error) || systemCode(error) === '') return error;
  return unusable(path, systemText(asError(error)), HOW_TO_CHOOSE);
}

async function pathFor({ env, platform, userId }: RuntimeOwner): Promise<string> {
  const set = env['XDG_RUNTIME_DIR'] ?? '';
  // Relative paths are invalid (XDG Base Directory Specification).
  if (posix.isAbsolute(set)) return join(set, NAME);
  const ofSystemd = `/run/user/${userId}`;
  if (platform === 'linux' && (await belongsTo(ofSystemd, userId))) return join(ofSystemd, NAME);
  return `/tmp/${NAME}-${userId}`;
}

async function belongsTo(path: string, userId: number): Promise<boolean> {
  try {
    const stats = await lstat(path);
    return stats.isDirectory() && stats.uid === userId;
  } catch {
    return false;
  }
}

function check(path: string, stats: Stats, userId: number): void {
  if (!stats.isDirectory()) throw unusable(path, 'it is not a directory', 'Remove it');
  if (stats.uid !== userId) {
    throw unusable(path, `it belongs to the user with the id ${stats.uid}`, HOW_TO_CHOOSE);
  }
  if ((stats.mode & OTHERS) !== 0) {
    const remedy = `Run \`chmod 700 ${printable(quoteForShell(path))}\``;
    throw unusable(path, 'other users may open it', remedy);
  }
}

/** Whose files in it others can rename is not a place for a socket. */
function checkParent(path: string, stats: Stats, userId: number): void {
  const isOwn = stats.uid === userId || stats.uid === ROOT;
  const isSafe = (stats.mode & OTHERS_WRITE) === 0 || (stats.mode & STICKY) !== 0;
  if (isOwn && (isSafe || stats.isSymbolicLink())) return;
  throw unusable(path, 'other users can replace what is in it', HOW_TO_CHOOSE);
}

function unusable(path: string, why: string, remedy: string): CommandError {
  const failure = storageFailures['runtime-directory-unusable'];
  return new CommandError(failure(printable(path), why, remedy));
}
