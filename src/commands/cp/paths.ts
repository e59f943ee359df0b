import { isUtf8 } from 'node:buffer';
import { escapeControlCharacters } from '../../lib/printable.ts';

const SLASH = 0x2f;

/**
 * A path as messages show it, on one line: bytes that are not UTF-8 as `\xe9`, and what controls a terminal or ends a line
 * as `\u000a`. Names of a target are foreign text.
 */
export function shownPath(path: Buffer): string {
  if (isUtf8(path)) return escapeControlCharacters(path.toString());
  const text = path
    .toString('latin1')
    .replace(/[\x80-\xff]/g, (byte) => `\\x${byte.charCodeAt(0).toString(16)}`);
  return escapeControlCharacters(text);
}

/** A path without the slashes at its end; `/` stays. */
export function withoutSlashes(path: Buffer): Buffer {
  let end = path.length;
  while (end > 1 && path[end - 1] === SLASH) end--;
  return path.subarray(0, end);
}

/** Whether a path ends with a slash, and so names a directory. */
export function endsWithSlash(path: Buffer): boolean {
  return path.at(-1) === SLASH;
}

/**
 * The last name of a path.
 *
 * @returns undefined where the path does not end with a name: `/`, `.`, `..`, or nothing
 */
export function lastName(path: Buffer): Buffer | undefined {
  const whole = withoutSlashes(path);
  const name = whole.subarray(whole.lastIndexOf(SLASH) + 1);
  return ['', '.', '..'].includes(name.toString('latin1')) ? undefined : name;
}

/** A path of a name in a directory. */
export function joinPath(directory: Buffer, name: Buffer): Buffer {
  if (directory.length === 0) return name;
  const separator = endsWithSlash(directory) ? '' : '/';
  return Buffer.concat([directory, Buffer.from(separator), name]);
}

/** The directory that a path is in. */
export function directoryOf(path: Buffer): Buffer {
  const whole = withoutSlashes(path);
  const slash = whole.lastIndexOf(SLASH);
  if (slash === -1) return Buffer.from('.');
  return slash === 0 ? Buffer.from('/') : whole.subarray(0, slash);
}
