import type { CommandContext } from '../../../cli/framework/command-context.ts';
import { makeRunDirectory } from '../../../cli/storage/run-directory.ts';
import type { DesktopPlace } from './clients.ts';

/** Characters of its name: a Name tag has up to 256, and a name of a file 255 bytes. */
const LONGEST_FILE_NAME = 100;

/** A file that RDP clients open, in a directory that only this user may read. */
export interface RdpFile {
  readonly path: string;
  /** Writes where the client connects. */
  write(to: Pick<DesktopPlace, 'place' | 'user'>): void;
  /** Removes it and its directory. */
  remove(): void;
}

/**
 * @param title - names the target: clients show the name of the file
 * @throws CommandError when its directory cannot be made
 */
export async function makeRdpFile(context: CommandContext, title: string): Promise<RdpFile> {
  const directory = await makeRunDirectory(context, 'rdp');
  const name = `${title.slice(0, LONGEST_FILE_NAME).replace(/[^A-Za-z0-9.-]+/g, '_')}.rdp`;
  return {
    path: directory.file(name),
    write({ place, user }) {
      const lines = [`full address:s:${place}`, `username:s:${user}`, 'prompt for credentials:i:1'];
      directory.write(name, lines.map((line) => `${line}\r\n`).join(''));
    },
    remove: () => directory.remove(),
  };
}
