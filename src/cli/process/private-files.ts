import { lstatSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { desktopFailures } from '../../failures/desktops.ts';
import { asError } from '../../lib/errors/as-error.ts';
import { systemText } from '../../lib/errors/system-error.ts';
import { CommandError } from '../framework/command-context.ts';
import { isRunning } from './signals/process-signals.ts';

/** Only the user may read them. */
const FILE_MODE = 0o600;

/** Files with secrets for a program that this one runs, in a directory of their own that only this user may read. */
export interface PrivateFiles {
  /** The path of a file, whether it exists or not. */
  path(name: string): string;
  /**
   * Writes a file, or replaces it at once.
   *
   * @returns its path
   * @throws CommandError when it cannot be written
   */
  write(name: string, text: string): string;
  /** Removes all of them. */
  remove(): void;
}

/**
 * Also removes what killed programs have left.
 *
 * @param purpose - part of the name of the directory: `db`
 * @throws CommandError when the directory cannot be made
 */
export function createPrivateFiles(purpose: string): PrivateFiles {
  const parent = tmpdir();
  const prefix = `session-manager-plugin-${purpose}-`;
  removeAbandoned(parent, prefix);
  const directory = attempt(parent, () => mkdtempSync(join(parent, `${prefix}${process.pid}-`)));
  const path = (name: string): string => join(directory, name);
  return {
    path,
    write(name, text) {
      const next = path(`${name}.new`);
      return attempt(directory, () => {
        writeFileSync(next, text, { mode: FILE_MODE });
        renameSync(next, path(name));
        return path(name);
      });
    },
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}

/** Removes directories of programs that do not run any more. Another user could have made one of that name. */
function removeAbandoned(parent: string, prefix: string): void {
  try {
    for (const name of readdirSync(parent)) {
      const pid = name.startsWith(prefix) ? /^(\d{1,10})-/.exec(name.slice(prefix.length)) : null;
      if (pid === null || isRunning(process, Number(pid[1]))) continue;
      const directory = join(parent, name);
      const { uid } = lstatSync(directory);
      if (uid === (process.getuid?.() ?? uid)) rmSync(directory, { recursive: true, force: true });
    }
  } catch {
    // What cannot be read or removed now may be later.
  }
}

function attempt<T>(directory: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    const why = systemText(asError(error));
    throw new CommandError(desktopFailures['desktop-file-unwritable'](directory, why));
  }
}
