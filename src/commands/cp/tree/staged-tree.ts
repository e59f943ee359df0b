import { rmSync } from 'node:fs';
import { chmod, lchown, lstat, mkdir, readdir, rename, rm, rmdir, utimes } from 'node:fs/promises';
import type { Stats } from 'node:fs';
import { copyFailures } from '../../../failures/copies/copy.ts';
import { CommandError } from '../../../cli/framework/command-context.ts';
import { systemCode } from '../../../lib/errors/system-error.ts';
import { publishing, writing } from '../local/local-error.ts';
import { temporaryPath } from '../local/temporary-path.ts';
import { findReplaced, takeOwner } from '../local/replaced-file.ts';
import { joinPath, shownPath } from '../paths.ts';
import type { UnpackedDirectory } from './unpack.ts';

/** A directory that is being copied, under a temporary name. */
export interface StagedTree {
  /** Where the archive is unpacked: only this user can read and write it. */
  readonly directory: Buffer;
  /**
   * Gives everything its final name. A file of a directory that exists replaces the one of its name there, each in
   * one step; other files stay. What is in the way is found before the first change.
   *
   * @throws CommandError when a directory of the copy would be in the place of a file or a link, or a file in that
   *   of a directory
   */
  publish(attributes: TreeAttributes): Promise<void>;
  /** Removes it at once: the program may be about to exit. */
  discard(): void;
}

/** What a copy gets in the end. Directories that exist keep theirs. */
export interface TreeAttributes {
  readonly directories: readonly UnpackedDirectory[];
  readonly umask: number;
  readonly keepTimes: boolean;
  /** Whether files that replace others get the permission bits of the copy. Otherwise they keep those of the old ones. */
  readonly changesModes: boolean;
}

const PRIVATE_DIRECTORY = 0o700;
const PERMISSIONS = 0o777;

/**
 * Creates the directory that a copy is unpacked in: beside the destination, or in it if it exists, because that may
 * be on another disk.
 *
 * @param destination - the final name of the directory, without symbolic links
 * @param mark - part of the temporary name: random
 */
export async function createStagedTree(destination: Buffer, mark: string): Promise<StagedTree> {
  const isMerged = (await existing(destination)) !== undefined;
  const directory = isMerged
    ? temporaryPath(joinPath(destination, Buffer.from('copy')), mark)
    : temporaryPath(destination, mark);
  await writing(destination, () => mkdir(directory, PRIVATE_DIRECTORY));
  return {
    directory,
    async publish(attributes) {
      const merged = new Set<string>();
      if (isMerged) {
        await checkMerge(directory, destination);
        const { changesModes } = attributes;
        const path = Buffer.alloc(0);
        await merge({ from: directory, to: destination, merged, path, changesModes });
      } else {
        await publishing(destination, () => rename(directory, destination));
      }
      await setAttributes(destination, attributes, merged);
    },
    discard() {
      rmSync(directory, { recursive: true, force: true });
      // A file that was being created meanwhile.
      void rm(directory, { recursive: true, force: true }).catch(() => undefined);
    },
  };
}

async function existing(path: Buffer): Promise<Stats | undefined> {
  try {
    return await lstat(path);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    return writing(path, () => Promise.reject(error as Error));
  }
}

/**
 * Symbolic links of the destination are in the way of directories: an earlier copy of the same target may have made
 * them, and what follows would be written to where they point.
 */
async function checkMerge(from: Buffer, to: Buffer): Promise<void> {
  for (const entry of await readdir(from, { encoding: 'buffer', withFileTypes: true })) {
    const target = joinPath(to, entry.name);
    const inTheWay = await existing(target);
    if (inTheWay === undefined) continue;
    if (entry.isDirectory() === inTheWay.isDirectory()) {
      if (entry.isDirectory()) await checkMerge(joinPath(from, entry.name), target);
      continue;
    }
    throw new CommandError(
      copyFailures['copy-in-the-way'](
        shownPath(target),
        kindOf(inTheWay),
        entry.isDirectory() ? 'a directory' : 'a file',
      ),
    );
  }
}

function kindOf(stats: Stats): string {
  if (stats.isDirectory()) return 'a directory';
  if (stats.isSymbolicLink()) return 'a symbolic link';
  return 'a file';
}

interface Merge {
  readonly from: Buffer;
  readonly to: Buffer;
  /** From the top of the copy. */
  readonly path: Buffer;
  /** Takes the paths of directories that existed, a character for each byte. */
  readonly merged: Set<string>;
  readonly changesModes: boolean;
}

async function merge({ from, to, path, merged, changesModes }: Merge): Promise<void> {
  merged.add(path.toString('latin1'));
  for (const entry of await readdir(from, { encoding: 'buffer', withFileTypes: true })) {
    const source = joinPath(from, entry.name);
    const target = joinPath(to, entry.name);
    if (entry.isDirectory() && (await existing(target))?.isDirectory() === true) {
      const below = joinPath(path, entry.name);
      await merge({ from: source, to: target, path: below, merged, changesModes });
    } else {
      await writing(target, async () => {
        if (entry.isFile()) await takeOver(source, target, changesModes);
        await rename(source, target);
      });
    }
  }
  await writing(from, () => rmdir(from));
}

/** A file that is about to replace another one gets its owner and its permissions. */
async function takeOver(source: Buffer, target: Buffer, changesModes: boolean): Promise<void> {
  const replaced = await findReplaced(target);
  if (replaced === undefined) return;
  const { uid, gid } = await lstat(source);
  await takeOwner(replaced, { uid, gid, chown: (user, group) => lchown(source, user, group) });
  if (!changesModes) await chmod(source, replaced.mode);
}

/** The deepest first: a directory may lose its permissions. */
async function setAttributes(
  destination: Buffer,
  { directories, umask, keepTimes }: TreeAttributes,
  merged: ReadonlySet<string>,
): Promise<void> {
  for (const { path, mode, mtime } of directories.toReversed()) {
    if (merged.has(path.toString('latin1'))) continue;
    const directory = path.length === 0 ? destination : joinPath(destination, path);
    await writing(directory, async () => {
      await chmod(directory, mode & PERMISSIONS & ~umask);
      if (keepTimes) await utimes(directory, mtime, mtime);
    });
  }
}
