import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { desktopFailures } from '../../../failures/desktops.ts';
import { CommandError } from '../../../cli/framework/command-context.ts';
import { asError } from '../../../lib/errors/as-error.ts';
import { systemText } from '../../../lib/errors/system-error.ts';
import type { DesktopPlace } from './clients.ts';

/** Only the user may read it: it names the account there. */
const FILE_MODE = 0o600;

/** Characters of its name: a Name tag has up to 256, and a name of a file 255 bytes. */
const LONGEST_FILE_NAME = 100;

/** A file that clients of RDP open, in a directory of its own that only this user may read. */
export interface RdpFile {
  readonly path: string;
  /** Writes where the client connects. */
  write(place: Pick<DesktopPlace, 'port' | 'user'>): void;
  /** Removes it and its directory. */
  remove(): void;
}

/**
 * @param title - names the target: clients show the name of the file
 * @throws CommandError when its directory cannot be made
 */
export function createRdpFile(title: string): RdpFile {
  const parent = tmpdir();
  const directory = attempt(parent, () => mkdtempSync(join(parent, 'session-manager-plugin-')));
  const name = title.slice(0, LONGEST_FILE_NAME).replace(/[^A-Za-z0-9.-]+/g, '_');
  const path = join(directory, `${name}.rdp`);
  return {
    path,
    write({ port, user }) {
      const lines = [
        `full address:s:127.0.0.1:${port}`,
        `username:s:${user}`,
        'prompt for credentials:i:1',
      ];
      const text = lines.map((line) => `${line}\r\n`).join('');
      attempt(directory, () => writeFileSync(path, text, { mode: FILE_MODE, flag: 'wx' }));
    },
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}

function attempt<T>(directory: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    const why = systemText(asError(error));
    throw new CommandError(desktopFailures['desktop-file-unwritable'](directory, why));
  }
}
