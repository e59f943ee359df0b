import { join } from 'node:path';
import { downloadsOf } from '../downloads.ts';
import { OUTPUTS } from '../release-settings.ts';
import { placeFile, type Producer } from './publication.ts';

/** The downloads of all targets, as they were made before. */
export const packages: Producer = {
  name: 'packages',
  write({ release, directory, targets }) {
    const paths = targets
      .flatMap((name) => downloadsOf(name, release).map(({ path }) => path))
      .sort();
    for (const path of paths) placeFile(join(OUTPUTS.packages, path), join(directory, path));
    return paths;
  },
};
