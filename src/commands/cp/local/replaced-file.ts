import { lstat } from 'node:fs/promises';

/** What a file that replaces another one takes over. */
export interface ReplacedFile {
  readonly uid: number;
  readonly gid: number;
  /** Permission bits. */
  readonly mode: number;
}

/** A new file that has not got its name yet. */
interface NewFile {
  readonly uid: number;
  readonly gid: number;
  chown(uid: number, gid: number): Promise<void>;
}

const PERMISSIONS = 0o777;

/**
 * The file that a copy is going to replace.
 *
 * @returns undefined when there is none, or what has the name is not a file
 */
export async function findReplaced(path: Buffer): Promise<ReplacedFile | undefined> {
  try {
    const stats = await lstat(path);
    if (!stats.isFile()) return undefined;
    const { uid, gid, mode } = stats;
    return { uid, gid, mode: mode & PERMISSIONS };
  } catch {
    // What is wrong with the path is reported when the file gets its name.
    return undefined;
  }
}

/** Gives a file the user and the group of the one that it replaces, if this user may set them. */
export async function takeOwner({ uid, gid }: ReplacedFile, file: NewFile): Promise<void> {
  if (uid === file.uid && gid === file.gid) return;
  try {
    await file.chown(uid, gid);
  } catch {
    // Only root may.
  }
}
