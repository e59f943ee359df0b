import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { buildNpmPackage, NPM_DIRECTORY, npmPackageName } from '../npm/npm-package.ts';
import { checkDownloadSize } from '../size-limits.ts';
import type { Producer } from './publication.ts';

/** The program for any Node.js, which depends on no target. */
export const npmPackage: Producer = {
  name: 'npm package',
  async write({ release, directory }) {
    const path = `${NPM_DIRECTORY}/${npmPackageName(release.version)}`;
    const output = join(directory, path);
    mkdirSync(dirname(output), { recursive: true });
    await buildNpmPackage(release, output);
    checkDownloadSize(path, output);
    return [path];
  },
};
