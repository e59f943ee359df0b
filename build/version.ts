import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The product's version, four dotted numbers; the VERSION file is the only place where it stands.
 *
 * @throws Error when that holds anything else
 */
export function readVersion(root: string): string {
  const version = readFileSync(join(root, 'VERSION'), 'utf8').trim();
  if (!/^\d+(\.\d+){3}$/.test(version)) throw new Error(`VERSION is not four numbers: ${version}`);
  return version;
}
