import { copyFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { RECORD_FILE } from '../../build/debian/packages-record.ts';
import { x86RecordPath } from '../../build/materials.ts';
import { LINUX_X86 } from '../../build/targets.ts';
import { DOWNLOADS } from '../downloads.ts';
import type { Producer } from './publication.ts';

/** Beside the packages for Linux x86: which packages of Debian they were made of. */
export const debianRecords: Producer = {
  name: 'records of Debian packages',
  write({ directory, targets }) {
    if (!targets.includes(LINUX_X86)) return [];
    const paths = DOWNLOADS[LINUX_X86].map(({ path }) => join(dirname(path), RECORD_FILE));
    for (const path of paths) copyFileSync(x86RecordPath(), join(directory, path));
    return paths;
  },
};
