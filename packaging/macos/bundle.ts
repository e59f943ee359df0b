import { createWriteStream, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { constants } from 'node:zlib';
import { ZipFile } from 'yazl';
import type { PackageRequest, Release } from '../release.ts';
import { readInstalledTree } from './read-tree.ts';

/** Scripts beside the tree, which are not installed. */
const SCRIPTS = [
  { name: 'install', source: 'install', mode: 0o755 },
  { name: 'copy-shared-files.sh', source: 'scripts/copy-shared-files.sh', mode: 0o644 },
] as const;

/** The directory that the bundle unpacks to (install guide). */
const TOP_DIRECTORY = 'sessionmanager-bundle';

/** File types of a Unix mode, which a zip carries beside the permissions. */
const S_IFDIR = 0o040000;
const S_IFREG = 0o100000;

const COMPRESSION_LEVEL: Readonly<Record<Release['compression'], number>> = {
  fast: constants.Z_BEST_SPEED,
  small: constants.Z_BEST_COMPRESSION,
};

/**
 * A zip has times twice: as seconds since the epoch and, for old readers, as a date and a time of day
 * that yazl takes from the clock on the wall. With this it is the same in every time zone.
 */
class UtcDate extends Date {
  override getFullYear(): number {
    return this.getUTCFullYear();
  }
  override getMonth(): number {
    return this.getUTCMonth();
  }
  override getDate(): number {
    return this.getUTCDate();
  }
  override getHours(): number {
    return this.getUTCHours();
  }
  override getMinutes(): number {
    return this.getUTCMinutes();
  }
}

/**
 * Writes `sessionmanager-bundle.zip`: the directory `sessionmanager-bundle/` with `install`, the script
 * that it reads and, beside them, the tree to install.
 *
 * @throws BuildError when the tree holds something that is neither directory nor file
 */
export async function buildBundle(release: Release, request: PackageRequest): Promise<void> {
  const compressionLevel = COMPRESSION_LEVEL[release.compression];
  const mtime = new UtcDate(release.sourceDateEpoch * 1000);
  const tree = readInstalledTree(request.tree);
  const zip = new ZipFile();
  const written = pipeline(zip.outputStream, createWriteStream(request.output));

  const addFile = (path: string, content: Buffer, permissions: number): void => {
    const mode = S_IFREG | permissions;
    zip.addBuffer(content, `${TOP_DIRECTORY}/${path}`, { mtime, mode, compressionLevel });
  };
  const addDirectory = (path: string, permissions: number): void => {
    zip.addEmptyDirectory(path, { mtime, mode: S_IFDIR | permissions });
  };
  addDirectory(TOP_DIRECTORY, 0o755);
  for (const { name, source, mode } of SCRIPTS) {
    addFile(name, readFileSync(join(import.meta.dirname, source)), mode);
  }
  for (const entry of tree) {
    switch (entry.kind) {
      case 'directory':
        addDirectory(`${TOP_DIRECTORY}/${entry.path}`, entry.mode);
        break;
      case 'file':
        addFile(entry.path, entry.content, entry.mode);
        break;
    }
  }
  zip.end();
  await written;
}
