import type { Stats } from 'node:fs';
import { lstat, realpath } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ConfigurationError } from '../../lib/errors/configuration-error.ts';

const ROOT = 0;
/** Permission bits of a directory (stat(2)): other users may change entries, and only their own. */
const OTHERS_WRITE = 0o002;
const STICKY = 0o1000;

/**
 * Checks the directory of a log that root writes, and every directory above it. A user who owns one of
 * them, or may rename entries in one, could use a link to make root write to any file.
 *
 * @param directory - an existing one
 * @throws ConfigurationError `log-file`
 */
export async function checkOwnedByRoot(directory: string): Promise<void> {
  for (let path = await realpath(directory); ; path = dirname(path)) {
    const { uid, mode } = await lstat(path);
    if (uid !== ROOT) throw foreign(path, uid);
    if ((mode & OTHERS_WRITE) !== 0 && (mode & STICKY) === 0) {
      throw new ConfigurationError(
        'log-file',
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
 * @throws ConfigurationError `log-file`
 */
export function checkFileOwnedByRoot(path: string, { uid, nlink }: Stats): void {
  if (uid !== ROOT) throw foreign(path, uid);
  if (nlink > 1) {
    throw new ConfigurationError(
      'log-file',
      `${path} has another hard link: root writes no log to it. Remove the file`,
    );
  }
}

function foreign(path: string, uid: number): ConfigurationError {
  return new ConfigurationError(
    'log-file',
    `${path} belongs to the user with the id ${uid}: root writes no log to it. ` +
      'Name a directory of root in seelog.xml',
  );
}
