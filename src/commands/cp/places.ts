import { shownPath } from './paths.ts';

/** A SOURCE or DESTINATION of a copy. Paths are bytes: file names of most systems need not be UTF-8. */
export type Place =
  /** Of this machine. */
  | { readonly kind: 'local'; readonly path: Buffer }
  /** Of a target; an empty path is the home directory of the session's user. */
  | { readonly kind: 'remote'; readonly target: string; readonly path: Buffer }
  /** stdin or stdout. */
  | { readonly kind: 'stream' };

const STREAM = '-';
const COLON = ':';
/** `C:\Users`, `c:/users`: a drive, on each system. */
const DRIVE = /^[a-z]:[\\/]/i;
/** `C:notes.txt`, relative to the directory of a drive. */
const DRIVE_ON_WINDOWS = /^[a-z]:/i;
/** The names of containers contain colons. */
const CONTAINER = /^ecs:(?:\/\/)?/;
/** `ecs://CLUSTER/SERVICE/TASK:CONTAINER`, when a colon before a path follows, too. */
const NAMED_CONTAINER = /^ecs:\/\/[^:]*:[\w-]+(?=:)/;

/**
 * Reads a SOURCE or DESTINATION. The target ends at the first colon, as in scp(1). A colon after a slash belongs
 * to a path of this machine, and so does that of a drive.
 *
 * @param argument - bytes as typed
 */
export function parsePlace(argument: Buffer, platform: NodeJS.Platform): Place {
  // One character for each byte: positions are the same.
  const text = argument.toString('latin1');
  if (text === STREAM) return { kind: 'stream' };
  const length = targetLength(text, platform);
  if (length === undefined) return { kind: 'local', path: localPath(argument, platform) };
  return {
    kind: 'remote',
    target: argument.toString('utf8', 0, length),
    path: argument.subarray(length + COLON.length),
  };
}

/** @returns undefined for a path of this machine */
function targetLength(text: string, platform: NodeJS.Platform): number | undefined {
  const isWindows = platform === 'win32';
  if (DRIVE.test(text) || (isWindows && DRIVE_ON_WINDOWS.test(text))) return undefined;
  const named = NAMED_CONTAINER.exec(text)?.[0].length;
  if (named !== undefined) return named;
  const prefix = CONTAINER.exec(text)?.[0].length ?? 0;
  const colon = text.indexOf(COLON, prefix);
  if (colon === -1) return undefined;
  if (prefix > 0) return colon;
  const beforeColon = text.slice(0, colon);
  const isPath = beforeColon.includes('/') || (isWindows && beforeColon.includes('\\'));
  return isPath ? undefined : colon;
}

/** Whether a text is a container without the colon before a path. */
export function isContainerWithoutPath(place: Place): boolean {
  return place.kind === 'local' && CONTAINER.test(place.path.toString('latin1'));
}

/** Windows takes both separators. */
function localPath(argument: Buffer, platform: NodeJS.Platform): Buffer {
  if (platform !== 'win32') return argument;
  return Buffer.from(argument.toString('latin1').replaceAll('\\', '/'), 'latin1');
}

/** A place as the user wrote it. */
export function shownPlace(place: Place): string {
  switch (place.kind) {
    case 'stream':
      return STREAM;
    case 'local':
      return shownPath(place.path);
    case 'remote':
      return `${place.target}${COLON}${shownPath(place.path)}`;
  }
}
