import { existsSync } from 'node:fs';
import { join } from 'node:path';

const LATEST = join(import.meta.dirname, '..', '..', '..', 'dist', 'plugin', 'latest');

/**
 * A package as it is published.
 *
 * @param name - below `plugin/latest/`: `ubuntu_64bit/session-manager-plugin.deb`
 * @throws Error saying what to do when the packages are not made
 */
export function packagePath(name: string): string {
  const path = join(LATEST, name);
  if (!existsSync(path)) {
    throw new Error(`${path} is missing: run "npm run package" first, as "npm test" does`);
  }
  return path;
}
