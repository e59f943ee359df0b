import { copyFileSync, existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { RECORD_FILE } from '../../build/debian/packages-record.ts';
import { debianRecordPath } from '../../build/materials.ts';
import { hasDebianPackages, isStatic, isWindows, type TargetName } from '../../build/targets.ts';
import { DOWNLOADS } from '../downloads.ts';
import type { Producer } from './publication.ts';

/** Which packages of Debian the programs with their own libraries and the setups for Windows were made of. */
export const debianRecords: Producer = {
  name: 'records of Debian packages',
  write({ directory, targets }) {
    const recorded = targets.filter(hasDebianPackages);
    return recorded.flatMap((name) => {
      // Where the user has installed makensis, it is not of Debian.
      if (isWindows(name) && !existsSync(debianRecordPath(name))) return [];
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
function recordPaths(name: TargetName): readonly string[] {
  if (isStatic(name)) return [join(name, RECORD_FILE)];
  const directories = new Set(DOWNLOADS[name].map(({ path }) => dirname(path)));
  return [...directories].map((directory) => join(directory, RECORD_FILE));
}
