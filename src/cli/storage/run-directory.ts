import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { storageFailures, type PrivateFilesVariable } from '../../failures/storage.ts';
import { asError } from '../../lib/errors/as-error.ts';
import { systemText } from '../../lib/errors/system-error.ts';
import { printable } from '../../lib/printable.ts';
import { CommandError, isCommandError, type CommandContext } from '../framework/command-context.ts';
import { isRunning } from '../process/signals/process-signals.ts';
import { makeRuntimeDirectory } from './runtime-directory.ts';
import { cacheDirectory } from './user-directories.ts';

/** Of the directory of a run: the id of its process. */
const RUN = /^run-(\d{1,10})-/;
const DIRECTORY_MODE = 0o700;
/** Only the user may read a file. */
const FILE_MODE = 0o600;
/** A directory for files with secrets of one run, for programs that it starts. Only the user can use it. */
export interface RunDirectory {
  readonly path: string;
  /** The path of a file in it, whether it exists or not. */
  file(name: string): string;
  /**
   * Writes a file, or replaces it at once.
   *
   * @returns its path
   * @throws CommandError when it cannot be written
   */
  write(name: string, text: string): string;
  /** Removes it with its files. */
  remove(): void;
}

/**
 * Makes a directory for one run, in the runtime directory of the user, which is often in memory. Removes those of runs
 * that have ended without removing theirs, by SIGKILL.
 *
 * @param purpose - the name of the directory around it: `ssh`
 * @throws CommandError when other users could use it, or it cannot be made
 */
export async function makeRunDirectory(
  { env, platform }: Pick<CommandContext, 'env' | 'platform'>,
  purpose: string,
): Promise<RunDirectory> {
  const userId = process.geteuid?.() ?? 0;
  const base =
    platform === 'win32'
      ? cacheDirectory(env, platform)
      : await makeRuntimeDirectory({ env, platform, userId });
  const parent = join(base, purpose);
  const path = attemptNow(parent, () => {
    mkdirSync(parent, { recursive: true, mode: DIRECTORY_MODE });
    removeStale(parent);
    return mkdtempSync(join(parent, `run-${process.pid}-`));
  });
  const file = (name: string): string => join(path, name);
  return {
    path,
    file,
    write(name, text) {
      // Synchronous, and it makes no directory: a renewal that ends after `remove` must not bring back a password.
      const next = file(`${name}.new`);
      return attemptNow(path, () => {
        writeFileSync(next, text, { mode: FILE_MODE });
        renameSync(next, file(name));
        return file(name);
      });
    },
    remove: () => rmSync(path, { recursive: true, force: true }),
  };
}

function removeStale(parent: string): void {
  for (const name of readdirSync(parent)) {
    const pid = RUN.exec(name)?.[1];
    if (pid === undefined || isRunning(process, Number(pid))) continue;
    try {
      rmSync(join(parent, name), { recursive: true, force: true });
    } catch {
      // What cannot be removed now may be later.
    }
  }
}

/**
 * Does something with a directory for private files.
 *
 * @param variable - with which the user chooses where it is
 * @throws CommandError when the system does not let this program do it
 */
export async function attempt<T>(
  directory: string,
  act: () => Promise<T>,
  variable: PrivateFilesVariable = 'XDG_RUNTIME_DIR',
): Promise<T> {
  try {
    return await act();
  } catch (error) {
    throw unwritable(directory, error, variable);
  }
}

function attemptNow<T>(directory: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw unwritable(directory, error, 'XDG_RUNTIME_DIR');
  }
}

function unwritable(
  directory: string,
  error: unknown,
  variable: PrivateFilesVariable,
): CommandError {
  if (isCommandError(error)) return error;
  const why = systemText(asError(error));
  const failure = storageFailures['private-files-unwritable'];
  return new CommandError(failure(printable(directory), why, variable));
}
