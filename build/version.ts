import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BuildError } from './runtime/build-error.mjs';

/**
 * The product's version, four dotted numbers; only the VERSION file contains it.
 *
 * @throws BuildError when that holds anything else
 */
export function readVersion(root: string): string {
  const version = readFileSync(join(root, 'VERSION'), 'utf8').trim();
  if (!/^\d+(\.\d+){3}$/.test(version))
    throw new BuildError(`VERSION is not four numbers: ${version}`);
  return version;
}
