import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DEFLATE_LEVELS } from '../archive/deflate.ts';
import { writeZip, type ZipEntry } from '../archive/zip-file.ts';
import type { PackageRequest, Release } from '../release.ts';
import { readInstalledTree } from './read-tree.ts';

/** Scripts beside the tree, which are not installed. */
const SCRIPTS = [
  { name: 'install', source: 'install', mode: 0o755 },
  { name: 'copy-shared-files.sh', source: 'scripts/copy-shared-files.sh', mode: 0o644 },
] as const;

/** The directory that the bundle unpacks to (install guide). */
const TOP_DIRECTORY = 'sessionmanager-bundle';

/**
 * Writes `sessionmanager-bundle.zip`: the directory `sessionmanager-bundle/` with `install`, the script
 * that it reads and, beside them, the tree to install.
 *
 * @throws BuildError when the tree holds something that is neither directory nor file
 */
export async function buildBundle(release: Release, request: PackageRequest): Promise<void> {
  const level = DEFLATE_LEVELS[release.compression];
  const file = (path: string, content: Buffer, permissions: number): ZipEntry => {
    return { name: `${TOP_DIRECTORY}/${path}`, permissions, content, level };
  };
  const directory = (path: string, permissions: number): ZipEntry => {
    return { name: `${path}/`, permissions, content: Buffer.alloc(0), level: undefined };
  };
  const scripts = SCRIPTS.map(({ name, source, mode }) =>
    file(name, readFileSync(join(import.meta.dirname, source)), mode),
  );
  const tree = readInstalledTree(request.tree).map((entry) => {
    switch (entry.kind) {
      case 'directory':
        return directory(`${TOP_DIRECTORY}/${entry.path}`, entry.mode);
      case 'file':
        return file(entry.path, entry.content, entry.mode);
    }
  });
  await writeZip([directory(TOP_DIRECTORY, 0o755), ...scripts, ...tree], request.output, {
    epoch: release.sourceDateEpoch,
    unixTimes: true,
  });
}
