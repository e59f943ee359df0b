import { joinPath, lastName } from '../../paths.ts';
import type { LocatedPath } from '../../files/target-files.ts';

const BACKSLASH = /\\/g;
/** `C:/x`, `/x`, `//server/share`. */
const ABSOLUTE = /^(?:[a-z]:)?\//i;
/** `C:` is no name. */
const DRIVE = /^[a-z]:$/i;
const IN_HOME = /^~(?:\/|$)/;

/** A path of Windows with slashes, which its programs take as well. */
export function withSlashes(path: string): string {
  return path.replace(BACKSLASH, '/');
}

/** @param home - where relative paths begin */
export function locateOnWindows(written: Buffer, home: string): LocatedPath {
  const text = withSlashes(written.toString());
  const name = lastName(Buffer.from(text));
  const isDrive = DRIVE.test(text);
  const path = isDrive ? `${text}/` : text;
  return {
    path: ABSOLUTE.test(path)
      ? Buffer.from(path)
      : joinPath(Buffer.from(withSlashes(home)), Buffer.from(path.replace(IN_HOME, ''))),
    name: name === undefined || DRIVE.test(name.toString()) || text === '~' ? undefined : name,
  };
}
