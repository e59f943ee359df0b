import { isUtf8 } from 'node:buffer';
import { copyFailures } from '../../../failures/copies/copy.ts';
import { CommandError } from '../../../cli/framework/command-context.ts';
import { shownPath } from '../paths.ts';

const SLASH = '/';
/** No system has longer paths (Win32, "Maximum Path Length Limitation"; PATH_MAX is 4096 on Linux). */
const MAX_PATH_BYTES = 32_767;
/** Of a path that is too long, as much is shown. */
const SHOWN_PATH_BYTES = 4096;
/** What Windows allows in no name, or reads as a separator or as a stream of a file (Win32, "Naming Files"). */
const WINDOWS_CHARACTERS = new RegExp(String.raw`[\0-\x1f<>:"\\|?*]`);
const WINDOWS_ENDS = /[. ]$/;
/** Names of devices, in each directory and with each extension. */
const WINDOWS_DEVICES =
  /^(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9\xb9\xb2\xb3])(?:\.|\s*$)/i;

/**
 * The names on the way to an entry of an archive, from the directory that it is unpacked in.
 *
 * @param path - bytes, one character for each (latin1)
 * @returns no name for that directory itself
 * @throws CommandError when the path leaves the directory: it is absolute, or goes up
 */
export function entryNames(path: string, platform: NodeJS.Platform): readonly string[] {
  const shown = (): string => shownPath(Buffer.from(path.slice(0, SHOWN_PATH_BYTES), 'latin1'));
  const refuse = (why: string): never => {
    throw new CommandError(copyFailures['copy-archive-unsafe'](shown(), why));
  };
  if (path.length > MAX_PATH_BYTES) refuse('a path that is too long');
  if (path.startsWith(SLASH)) refuse('a path outside the directory');
  const names = path.split(SLASH).filter((name) => name !== '' && name !== '.');
  if (names.includes('..')) refuse('a path that leaves the directory');
  if (path.includes('\0')) refuse('a name with a zero byte');
  for (const name of names) checkName(name, shown, platform);
  return names;
}

/**
 * Checks that a name of the target is the name of a file here.
 *
 * @param name - bytes, one character for each (latin1)
 * @param shown - the path that a failure names
 * @throws CommandError
 */
export function checkName(name: string, shown: () => string, platform: NodeJS.Platform): void {
  const why = whyUnusable(name, platform);
  if (why !== undefined) throw new CommandError(copyFailures['copy-name-unusable'](shown(), why));
}

function whyUnusable(name: string, platform: NodeJS.Platform): string | undefined {
  if (platform === 'linux') return undefined;
  if (!isUtf8(Buffer.from(name, 'latin1'))) return 'the name is not UTF-8';
  if (platform !== 'win32') return undefined;
  if (WINDOWS_CHARACTERS.test(name)) {
    return 'Windows allows none of < > : " / \\ | ? * and no control character in a name';
  }
  if (WINDOWS_ENDS.test(name)) return 'Windows allows no dot and no space at the end of a name';
  return WINDOWS_DEVICES.test(name) ? 'the name is that of a device' : undefined;
}
