import { posix, win32 } from 'node:path';

const PROGRAM = 'session-manager-plugin';
const PROGRAM_DIRECTORY = 'bin';

/**
 * Where the product is installed: the directory above the program's `bin` (install guide).
 *
 * @param executable - path of the running executable, without links
 * @returns undefined when that is not an installed program: a Node.js that runs the bundle, for example
 */
export function installDirectory(
  executable: string,
  platform: NodeJS.Platform,
): string | undefined {
  const path = platform === 'win32' ? win32 : posix;
  const { dir, name } = path.parse(platform === 'win32' ? executable.toLowerCase() : executable);
  if (name !== PROGRAM || path.basename(dir) !== PROGRAM_DIRECTORY) return undefined;
  return path.dirname(path.dirname(executable));
}
