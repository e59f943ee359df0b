import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { ZipFile } from 'yazl';
import type { Release } from '../release.ts';
import { EXECUTABLE_MODE, FILE_MODE } from '../stage-tree.ts';

/** How well an archive is compressed with DEFLATE: 1 is quick, 9 is small. */
export const DEFLATE_LEVELS: Readonly<Record<Release['compression'], number>> = {
  fast: 1,
  small: 9,
};

/** Options of yazl for an entry of a ZIP file. */
interface EntryOptions {
  readonly mtime: Date;
  readonly mode: number;
  readonly forceDosTimestamp: true;
}

/** A ZIP file keeps the local time of day: every entry gets that of Greenwich. */
export function entryOptions(release: Release, mode: number): EntryOptions {
  const time = new Date(release.sourceDateEpoch * 1000);
  const mtime = new Date(
    ...([time.getUTCFullYear(), time.getUTCMonth(), time.getUTCDate()] as const),
    ...([time.getUTCHours(), time.getUTCMinutes(), time.getUTCSeconds()] as const),
  );
  return { mtime, mode, forceDosTimestamp: true };
}

/**
 * Writes a ZIP file of a tree for Windows. The same tree gives the same bytes, in every time zone.
 *
 * @param staged - the directory that holds the files
 * @param files - paths below it, sorted; in the ZIP file, they are the names
 * @param output - the file to write
 */
export async function writeTreeZip(
  release: Release,
  staged: string,
  files: readonly string[],
  output: string,
): Promise<void> {
  const zip = new ZipFile();
  for (const file of files) {
    const mode = file.endsWith('.exe') ? EXECUTABLE_MODE : FILE_MODE;
    zip.addFile(join(staged, file), file, {
      ...entryOptions(release, mode),
      compressionLevel: DEFLATE_LEVELS[release.compression],
    });
  }
  await writeZip(zip, output);
}

/** Writes a ZIP file to which every entry was added. */
export async function writeZip(zip: ZipFile, output: string): Promise<void> {
  const written = pipeline(zip.outputStream, createWriteStream(output));
  zip.end();
  await written;
}
