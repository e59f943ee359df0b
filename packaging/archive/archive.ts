import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { PackageRequest, Release } from '../release.ts';
import { programIn, stageTree } from '../stage-tree.ts';
import { DEFLATE_LEVELS, gzip } from './deflate.ts';
import { writeTar } from './tar-file.ts';
import { treeEntries, writeZip } from './zip-file.ts';

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
  const level = DEFLATE_LEVELS[release.compression];
  const work = mkdtempSync(join(tmpdir(), 'session-manager-plugin-archive-'));
  try {
    const { files } = stageTree(tree, join(work, top), release.sourceDateEpoch);
    if (output.endsWith('.zip')) {
      const names = files.map((file) => `${top}/${file}`);
      const epoch = release.sourceDateEpoch;
      await writeZip(treeEntries(work, names, level), output, { epoch, unixTimes: false });
      return;
    }
    const plain = `${work}/archive.tar`;
    writeTar(plain, { directory: work, paths: [top], sourceDateEpoch: release.sourceDateEpoch });
    writeFileSync(output, gzip(readFileSync(plain), level, readFileSync(programIn(tree))));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
