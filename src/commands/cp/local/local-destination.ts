import type { Stats } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { copyFailures } from '../../../failures/copies/copy.ts';
import { CommandError } from '../../../cli/framework/command-context.ts';
import { systemCode } from '../../../lib/errors/system-error.ts';
import { directoryOf, endsWithSlash, joinPath, shownPath, withoutSlashes } from '../paths.ts';
import { reading, THIS_MACHINE } from './local-error.ts';

/** A DESTINATION of this machine. */
export type LocalDestination =
  /** A directory that exists: each source keeps its name there. */
  | { readonly kind: 'into'; readonly directory: Buffer }
  /** The path that the one source gets. */
  | { readonly kind: 'as'; readonly path: Buffer };

/**
 * Decides what a DESTINATION means.
 *
 * @param sources - how many there are
 * @param isRecursive - whether directories are copied: a path with a slash at its end may then be new
 * @throws CommandError when it cannot be one for these sources
 */
export async function resolveDestination(
  path: Buffer,
  sources: number,
  isRecursive: boolean,
): Promise<LocalDestination> {
  const stats = await existing(path);
  if (stats?.isDirectory() === true) return { kind: 'into', directory: path };
  const isNew = stats === undefined;
  if (sources > 1 || (endsWithSlash(path) && !(isNew && isRecursive))) {
    const failure = isNew ? 'copy-directory-missing' : 'copy-needs-directory';
    throw new CommandError(copyFailures[failure](shownPath(path), THIS_MACHINE));
  }
  if (stats !== undefined && !stats.isFile()) {
    throw new CommandError(copyFailures['copy-special-file'](shownPath(path), THIS_MACHINE));
  }
  const directory = directoryOf(path);
  const parent = await existing(directory);
  if (parent === undefined) {
    throw new CommandError(
      copyFailures['copy-directory-missing'](shownPath(directory), THIS_MACHINE),
    );
  }
  if (!parent.isDirectory()) {
    throw new CommandError(
      copyFailures['copy-needs-directory'](shownPath(directory), THIS_MACHINE),
    );
  }
  return { kind: 'as', path: withoutSlashes(path) };
}

/**
 * The path that a source gets. A symbolic link to a file or directory is followed: what it points to is replaced.
 *
 * @param name - the last name of the source; undefined when it has none, as `.`
 */
export async function destinationPath(
  destination: LocalDestination,
  name: Buffer | undefined,
): Promise<Buffer> {
  const path =
    destination.kind === 'as'
      ? destination.path
      : name === undefined
        ? destination.directory
        : joinPath(destination.directory, name);
  try {
    return await realpath(path, { encoding: 'buffer' });
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return path;
    return reading(path, () => Promise.reject(error as Error));
  }
}

/**
 * Checks that a file may be written at a path.
 *
 * @throws CommandError when there is a directory, a device or the like
 */
export async function checkFileDestination(path: Buffer): Promise<void> {
  const stats = await existing(path);
  if (stats === undefined || stats.isFile()) return;
  const kind = stats.isDirectory() ? 'a directory' : 'a device, a socket or a FIFO';
  throw new CommandError(copyFailures['copy-in-the-way'](shownPath(path), kind, 'a file'));
}

/**
 * Checks that a directory may be written at a path.
 *
 * @throws CommandError when there is something else
 */
export async function checkTreeDestination(path: Buffer): Promise<void> {
  const stats = await existing(path);
  if (stats === undefined || stats.isDirectory()) return;
  throw new CommandError(copyFailures['copy-in-the-way'](shownPath(path), 'a file', 'a directory'));
}

/** Links are followed. A file in the place of a directory of the path is reported like a missing one. */
async function existing(path: Buffer): Promise<Stats | undefined> {
  try {
    return await stat(withoutSlashes(path));
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') return undefined;
    return reading(path, () => Promise.reject(error as Error));
  }
}
