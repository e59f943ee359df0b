import { existsSync, readdirSync, watch } from 'node:fs';
import { userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { withDeadline } from '../../../program/support/transcript.ts';
import { listFiles, type FileList } from '../../support/file-list.ts';
import { DOCUMENTS } from '../../support/small-tree.ts';
import type { Wine } from './wine.ts';

/** Where setup installs for all users, and for one user. */
export const MACHINE_DIRECTORY = String.raw`C:\Program Files\Amazon\SessionManagerPlugin`;
export const USER_DIRECTORY = `C:\\users\\${userInfo().username}\\AppData\\Local\\Amazon\\SessionManagerPlugin`;

/** Everything that setup installs. */
export const INSTALLED_FILES = [
  ...DOCUMENTS,
  'bin/session-manager-plugin.exe',
  'uninstall.exe',
].toSorted();

/** A path on drive C as this system knows it. */
export function onDriveC(wine: Wine, path: string): string {
  return join(wine.driveC, path.slice('C:\\'.length).replaceAll('\\', '/'));
}

/** The files below a directory of drive C, sorted; undefined when there is no such directory. */
export function filesIn(wine: Wine, directory: string): string[] | undefined {
  const path = onDriveC(wine, directory);
  if (!existsSync(path)) return undefined;
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(path.length + 1))
    .sort();
}

/**
 * Everything on drive C. An uninstaller of NSIS runs as a copy in the directory for temporary files,
 * which Windows removes when it starts the next time.
 */
export function everythingOn(wine: Wine): FileList {
  const files = [...listFiles(wine.driveC)];
  return new Map(files.filter(([path]) => !path.includes('/Temp/~nsu')));
}

/** Resolves when there is a file. */
export function fileAppears(path: string): Promise<void> {
  let close = (): void => undefined;
  const appeared = new Promise<void>((resolve) => {
    const check = (): void => {
      if (existsSync(path)) resolve();
    };
    const watcher = watch(dirname(path), check);
    close = () => watcher.close();
    check();
  });
  return withDeadline(path, appeared, () => '').finally(close);
}
