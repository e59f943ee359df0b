import { createReadStream, createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { PackageRequest, Release } from '../release.ts';
import { stageTree } from '../stage-tree.ts';
import { writeTar } from './tar-file.ts';
import { DEFLATE_LEVELS, writeTreeZip } from './zip-file.ts';

/** The formats of archives, by the endings of their names. */
const ENDING = /\.(?:tar\.gz|zip)$/;

/**
 * The directory that an archive contains: its name without the ending.
 *
 * @param name - the name of the file
 */
export function archiveDirectory(name: string): string {
  return name.replace(ENDING, '');
}

/**
 * Packs the installed tree as a plain archive. The ending of the file to write selects the format: `.tar.gz`, or `.zip` for
 * Windows. It contains one directory, with the name of the archive. The same tree gives the same bytes.
 *
 * @throws TreeError when the tree cannot be packed, ToolError when tar fails
 */
export async function buildArchive(
  release: Release,
  { tree, output }: PackageRequest,
): Promise<void> {
  const top = archiveDirectory(basename(output));
  const work = mkdtempSync(join(tmpdir(), 'session-manager-plugin-archive-'));
  try {
    const { files } = stageTree(tree, join(work, top), release.sourceDateEpoch);
    if (output.endsWith('.zip')) {
      const names = files.map((file) => `${top}/${file}`);
      await writeTreeZip(release, work, names, output);
      return;
    }
    const plain = `${work}/archive.tar`;
    const { sourceDateEpoch } = release;
    writeTar(plain, { directory: work, paths: [top], sourceDateEpoch });
    // Node.js writes neither a name nor a time into the header of gzip.
    const gzip = createGzip({ level: DEFLATE_LEVELS[release.compression] });
    await pipeline(createReadStream(plain), gzip, createWriteStream(output));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
