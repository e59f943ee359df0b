import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../build/runtime/setup.mjs';
import type { Producer } from './publication.ts';

const VERSION_FILE = 'VERSION';

/** The number of the version: in `latest/`, the newest one. */
export const versionFile: Producer = {
  name: 'version',
  write({ directory }) {
    copyFileSync(join(ROOT, VERSION_FILE), join(directory, VERSION_FILE));
    return [VERSION_FILE];
  },
};
