import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { BuildError } from '../../build/runtime/build-error.mjs';
import { EXECUTABLE_MODE, FILE_MODE } from '../stage-tree.ts';
import { deflate } from './deflate.ts';

// The format is that of APPNOTE.TXT of PKWARE, version 6.3.3; numbers of sections are those of this text.

/** A file or directory in a ZIP file. */
export interface ZipEntry {
  /** With `/`; that of a directory ends with one. */
  readonly name: string;
  /** Permissions of Unix. */
  readonly permissions: number;
  readonly content: Buffer;
  /** Undefined for content that is compressed already. */
  readonly level: number | undefined;
}

/** What all entries of a ZIP file have in common. */
interface ZipSettings {
  /** Their time in seconds since the epoch. */
  readonly epoch: number;
  /** Whether entries have this time, too, as systems other than Windows read it, besides a time of day without a time zone. */
  readonly unixTimes: boolean;
}

const LOCAL_HEADER = 0x04034b50;
const CENTRAL_HEADER = 0x02014b50;
const END_RECORD = 0x06054b50;
/** Directories and DEFLATE (4.4.3.2). */
const VERSION_NEEDED = 20;
/** Written on Unix (4.4.2.2), with the same version. */
const MADE_BY = (3 << 8) | VERSION_NEEDED;
/** Names are in UTF-8 (4.4.4, bit 11). */
const UTF8_NAMES = 1 << 11;
const STORED = 0;
const DEFLATED = 8;
/** File types of a Unix mode. */
const S_IFDIR = 0o040000;
const S_IFREG = 0o100000;
/** The attribute of directories in MS-DOS, in the lower half. */
const DOS_DIRECTORY = 0x10;
/** More needs other headers (4.3.14). */
const LARGEST_BYTES = 2 ** 32 - 1;
const MOST_ENTRIES = 2 ** 16 - 1;

/**
 * Writes a ZIP file. The same entries give the same bytes, in every time zone.
 *
 * @param output - the file to write
 * @throws BuildError when it is too large for the format
 */
export async function writeZip(
  entries: readonly ZipEntry[],
  output: string,
  settings: ZipSettings,
): Promise<void> {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const entry of entries) {
    const body = entry.level === undefined ? entry.content : deflate(entry.content, entry.level);
    const common = commonFields(entry, body, settings);
    const local = fields([4, LOCAL_HEADER], [2, VERSION_NEEDED], common);
    const name = Buffer.from(entry.name);
    const extra = unixTime(settings);
    directory.push(
      ...[fields([4, CENTRAL_HEADER], [2, MADE_BY], [2, VERSION_NEEDED], common)],
      // No comment, first disk, binary (4.4.13).
      ...[fields([2, 0], [2, 0], [2, 0], [4, attributesOf(entry)], [4, offset]), name, extra],
    );
    const written = [local, name, extra, body];
    parts.push(...written);
    offset += written.reduce((sum, { length }) => sum + length, 0);
  }
  const size = directory.reduce((sum, { length }) => sum + length, 0);
  if (offset + size > LARGEST_BYTES || entries.length > MOST_ENTRIES) {
    throw new BuildError(`${output} would be too large for a ZIP file`);
  }
  const count = entries.length;
  const end = fields([4, END_RECORD], [2, 0], [2, 0], [2, count], [2, count]);
  await writeFile(
    output,
    Buffer.concat([...parts, ...directory, end, fields([4, size], [4, offset], [2, 0])]),
  );
}

/**
 * The entries of a tree for Windows.
 *
 * @param staged - the directory that holds the files
 * @param files - paths below it, sorted; in the ZIP file, they are the names
 */
export function treeEntries(
  staged: string,
  files: readonly string[],
  level: number,
): readonly ZipEntry[] {
  return files.map((name) => ({
    name,
    permissions: name.endsWith('.exe') ? EXECUTABLE_MODE : FILE_MODE,
    content: readFileSync(join(staged, name)),
    level,
  }));
}

/** The fields that the headers of an entry share (4.3.7, 4.3.12). */
function commonFields(
  { name, content, level }: ZipEntry,
  body: Buffer,
  settings: ZipSettings,
): Buffer {
  const date = new Date(settings.epoch * 1000);
  const time =
    (date.getUTCHours() << 11) | (date.getUTCMinutes() << 5) | (date.getUTCSeconds() >> 1);
  const day =
    ((date.getUTCFullYear() - 1980) << 9) | ((date.getUTCMonth() + 1) << 5) | date.getUTCDate();
  return fields(
    ...([
      [2, UTF8_NAMES],
      [2, level === undefined ? STORED : DEFLATED],
      [2, time],
      [2, day],
    ] as const),
    ...([
      [4, crc32(content)],
      [4, body.length],
      [4, content.length],
    ] as const),
    ...([
      [2, Buffer.byteLength(name)],
      [2, unixTime(settings).length],
    ] as const),
  );
}

/** The field "extended timestamp" of Info-ZIP, with the time of modification only (extrafld.txt, 0x5455). */
function unixTime({ epoch, unixTimes }: ZipSettings): Buffer {
  return unixTimes ? fields([2, 0x5455], [2, 5], [1, 1], [4, epoch]) : Buffer.alloc(0);
}

/** The mode of Unix in the upper half (4.4.15). */
function attributesOf({ name, permissions }: ZipEntry): number {
  const [type, dos] = name.endsWith('/') ? [S_IFDIR, DOS_DIRECTORY] : [S_IFREG, 0];
  return (type | permissions) * 2 ** 16 + dos;
}

/** Joins numbers, least significant byte first, each with its size in bytes, and buffers. */
function fields(...parts: readonly (readonly [bytes: number, value: number] | Buffer)[]): Buffer {
  return Buffer.concat(
    parts.map((part) => {
      if (Buffer.isBuffer(part)) return part;
      const [bytes, value] = part;
      const field = Buffer.alloc(bytes);
      field.writeUIntLE(value, 0, bytes);
      return field;
    }),
  );
}
