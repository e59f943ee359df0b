import type { Stats } from 'node:fs';
import { lstat, realpath } from 'node:fs/promises';
import { dirname } from 'node:path';

const ROOT = 0;
/** Permission bits of a directory (stat(2)): other users may change entries, and only their own. */
const OTHERS_WRITE = 0o002;
const STICKY = 0o1000;

/** Another user controls the place of a log. The message names the place. */
class ForeignOwnerError extends Error {
  override readonly name = 'ForeignOwnerError';
}

/**
 * Checks the directory of a log that root writes, and every directory above it. A user who owns one of
 * them, or may rename entries in one, could use a link to make root write to any file.
 *
 * @param directory - an existing one
 * @throws ForeignOwnerError
 */
export async function checkOwnedByRoot(directory: string): Promise<void> {
  for (let path = await realpath(directory); ; path = dirname(path)) {
    const { uid, mode } = await lstat(path);
    if (uid !== ROOT) throw foreign(path, uid);
    if ((mode & OTHERS_WRITE) !== 0 && (mode & STICKY) === 0) {
      throw new ForeignOwnerError(
        `${path} can be changed by every user: root writes no log below it. ` +
          `Remove the permission: chmod o-w ${path}`,
      );
    }
    if (path === dirname(path)) return;
  }
}

/**
 * Checks an opened log file of root. In a directory where other users make files, it may belong to one
 * of them, or be a hard link to a file that they want to change.
 *
 * @throws ForeignOwnerError
 */
export function checkFileOwnedByRoot(path: string, { uid, nlink }: Stats): void {
  if (uid !== ROOT) throw foreign(path, uid);
  if (nlink > 1) {
    throw new ForeignOwnerError(
      `${path} has another hard link: root writes no log to it. Remove the file`,
    );
  }
}

function foreign(path: string, uid: number): ForeignOwnerError {
  return new ForeignOwnerError(
    `${path} belongs to the user with the id ${uid}: root writes no log to it. ` +
      'Name a directory of root in seelog.xml',
  );
}
