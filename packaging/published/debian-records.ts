import { copyFileSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { RECORD_FILE } from '../../build/debian/packages-record.ts';
import { debianRecordPath } from '../../build/materials.ts';
import { hasOwnLibraries, isStatic, type LibraryTargetName } from '../../build/targets.ts';
import { DOWNLOADS } from '../downloads.ts';
import type { Producer } from './publication.ts';

/** Which packages of Debian the programs with their own libraries were made of. */
export const debianRecords: Producer = {
  name: 'records of Debian packages',
  write({ directory, targets }) {
    return targets.filter(hasOwnLibraries).flatMap((name) => {
      const paths = recordPaths(name);
      for (const path of paths) {
        mkdirSync(dirname(join(directory, path)), { recursive: true });
        copyFileSync(debianRecordPath(name), join(directory, path));
      }
      return paths;
    });
  },
};

/** Beside packages, which have directories of their own; archives have none, so the record has that of its target. */
function recordPaths(name: LibraryTargetName): readonly string[] {
  if (isStatic(name)) return [join(name, RECORD_FILE)];
  return DOWNLOADS[name].map(({ path }) => join(dirname(path), RECORD_FILE));
}
