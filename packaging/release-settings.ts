import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readBuildSettings } from '../build/build-settings.ts';
import { ROOT } from '../build/runtime/setup.mjs';
import { readPublisher } from './publisher.ts';
import type { Release } from './release.ts';

/** Where packages and what is published are put, by what they are. */
export const OUTPUTS = {
  trees: join(ROOT, 'dist', 'trees'),
  packages: join(ROOT, 'dist', 'packages'),
  plugin: join(ROOT, 'dist', 'plugin'),
  npm: join(ROOT, 'dist', 'npm'),
  /** A `Release` in JSON: that of the files in `plugin`. */
  release: join(ROOT, 'dist', 'release.json'),
  /** For each verified group, the digest of the inputs of which `plugin` was made. */
  groupInputs: join(ROOT, 'dist', 'group-inputs.json'),
  /** Targets that are not in `plugin`, with the reasons. */
  leftOut: join(ROOT, 'dist', 'left-out.json'),
} as const;

/**
 * Reads what all packages have in common.
 *
 * @throws BuildError when SOURCE_DATE_EPOCH or a variable of the publisher has a wrong form, ToolError when it is not set and
 *   there is no commit to take the time of
 */
export function readRelease(compression: Release['compression']): Release {
  return { ...readBuildSettings(), compression, publisher: readPublisher(process.env) };
}

/** The settings of the release in `OUTPUTS.plugin`, which has to be there. */
export function readMadeRelease(): Release {
  return JSON.parse(readFileSync(OUTPUTS.release, 'utf8')) as Release;
}
