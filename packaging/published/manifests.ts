import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { BINARY_TARGETS, type TargetName } from '../../build/targets.ts';
import { minimumSystemOf } from '../macos/minimum-system.ts';
import { allManifests } from '../manifests/all-manifests.ts';
import { releaseTable } from '../manifests/release-table.ts';
import { OUTPUTS } from '../release-settings.ts';
import type { Producer } from './publication.ts';

/** Where they are published. */
export const MANIFESTS = 'manifests';

/** Files for package managers, with URLs and digests of the packages. */
export const manifests: Producer = {
  name: 'manifests of package managers',
  write({ release, directory, targets, listed }) {
    const table = releaseTable(release, listed, minimumSystemOf(macosPrograms(targets)));
    return allManifests(table).map(({ path, text }) => {
      const file = `${MANIFESTS}/${path}`;
      mkdirSync(dirname(join(directory, file)), { recursive: true });
      writeFileSync(join(directory, file), text);
      return file;
    });
  },
};

function macosPrograms(targets: readonly TargetName[]): readonly string[] {
  return BINARY_TARGETS.filter(
    ({ name, platform }) => platform === 'macos' && targets.includes(name),
  ).map(({ name, executable }) => join(OUTPUTS.trees, name, 'bin', executable));
}
