import { isUtf8 } from 'node:buffer';
import { constants, type Stats } from 'node:fs';
import { lstat, open, type FileHandle } from 'node:fs/promises';
import { connectionFailures } from '../../failures/connections.ts';
import { asError } from '../../lib/errors/as-error.ts';
import type { Failure } from '../../lib/errors/failure.ts';
import { systemCode, systemText } from '../../lib/errors/system-error.ts';
import { printable } from '../../lib/printable.ts';
import { quoteForShell } from '../../lib/quote-for-shell.ts';

/** What reading a connections file found. */
export type TrustedFile =
  | { readonly kind: 'read'; readonly text: string }
  | { readonly kind: 'absent' }
  | { readonly kind: 'refused'; readonly fault: Failure<'input'> };

/** Limit of a file, in bytes: thousands of connections, and no time to parse. */
export const MAX_CONNECTIONS_BYTES = 256 * 1024;
/** Why a longer one is refused. */
export const TOO_LONG = `it has more than ${MAX_CONNECTIONS_BYTES} bytes`;
const SHORTEN = 'Make it shorter';
const ROOT = 0;
/** Permission bits (stat(2)): the group or all others may write. */
const OTHERS_WRITE = 0o022;

/**
 * Reads a file that decides where sessions lead. It must belong to the user or to root, who can change everything
 * anyway, and only they may write to it, as with ssh's configuration (OpenSSH, readconf.c).
 *
 * @param userId - undefined where the system has no owners, as on Windows
 * @param hidden - what a file is whose directory the user may not search
 */
export async function readTrustedFile(
  path: string,
  userId: number | undefined,
  hidden: 'absent' | 'refused' = 'refused',
): Promise<TrustedFile> {
  try {
    // The owner of a link chooses the file that is read.
    const link = await statusOf(path, hidden);
    if (link === undefined) return { kind: 'absent' };
    const foreign = link.isSymbolicLink() ? refusalOfOwner(path, link, userId) : undefined;
    if (foreign !== undefined) return { kind: 'refused', fault: foreign };
    // A pipe would not open until another program writes to it. On Windows the flag is undefined: no bit.
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const stats = await file.stat();
      const fault = refusalOf(path, stats, userId);
      if (fault !== undefined) return { kind: 'refused', fault };
      const contents = await readAll(file);
      return contents === undefined ? unreadable(path, TOO_LONG, SHORTEN) : decoded(path, contents);
    } finally {
      await file.close();
    }
  } catch (error) {
    const code = systemCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return { kind: 'absent' };
    return unreadable(path, systemText(asError(error)), 'Make it readable, or remove it');
  }
}

/** @returns undefined for more than the limit: a file may grow while it is read, and one read may return a part */
async function readAll(file: FileHandle): Promise<Buffer | undefined> {
  const buffer = Buffer.alloc(MAX_CONNECTIONS_BYTES + 1);
  let length = 0;
  while (length < buffer.length) {
    const { bytesRead } = await file.read(buffer, length, buffer.length - length, length);
    if (bytesRead === 0) return buffer.subarray(0, length);
    length += bytesRead;
  }
  return undefined;
}

async function statusOf(path: string, hidden: 'absent' | 'refused'): Promise<Stats | undefined> {
  try {
    return await lstat(path);
  } catch (error) {
    const isHidden = ['EACCES', 'EPERM'].includes(systemCode(error));
    if (isHidden && hidden === 'absent') return undefined;
    throw error;
  }
}

function refusalOf(
  path: string,
  stats: Stats,
  userId: number | undefined,
): Failure<'input'> | undefined {
  const shown = printable(path);
  const { 'connections-untrusted': untrusted, 'connections-unreadable': cannotRead } =
    connectionFailures;
  if (!stats.isFile()) return cannotRead(shown, 'it is not a file', 'Rename or remove it');
  if (stats.size > MAX_CONNECTIONS_BYTES) {
    return cannotRead(shown, TOO_LONG, SHORTEN);
  }
  const foreign = refusalOfOwner(path, stats, userId);
  if (foreign !== undefined || userId === undefined) return foreign;
  if ((stats.mode & OTHERS_WRITE) === 0) return undefined;
  return untrusted(
    shown,
    'other users may write to it',
    `If you trust its content, run \`chmod go-w ${printable(quoteForShell(path))}\``,
  );
}

function refusalOfOwner(
  path: string,
  { uid }: Stats,
  userId: number | undefined,
): Failure<'input'> | undefined {
  if (userId === undefined || uid === userId || uid === ROOT) return undefined;
  return connectionFailures['connections-untrusted'](
    printable(path),
    `it belongs to the user with the id ${uid}`,
    'Copy it to a directory of yours, or work in another directory',
  );
}

function decoded(path: string, contents: Buffer): TrustedFile {
  if (isUtf8(contents)) return { kind: 'read', text: contents.toString('utf8') };
  return unreadable(path, 'it is not UTF-8', 'Save it as UTF-8');
}

function unreadable(path: string, why: string, remedy: string): TrustedFile {
  const fault = connectionFailures['connections-unreadable'](printable(path), why, remedy);
  return { kind: 'refused', fault };
}
