import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { SetupError, npm } from './setup.mjs';

/**
 * Fetches a package of npm and unpacks it.
 *
 * @param {string} name - `package@version`
 * @param {string} integrity - the pinned `sha512-<base64>` of its archive
 * @param {string} directory - an empty one
 * @returns {string} the directory of the unpacked package
 * @throws SetupError when it cannot be fetched or unpacked, or is not the pinned one
 */
export function fetchPackage(name, integrity, directory) {
  // A cache of its own, whose growth can be watched: what was checked is kept by this project.
  npm(['pack', name, '--silent', '--cache=npm-cache'], directory);
  const archive = readdirSync(directory).find((file) => file.endsWith('.tgz'));
  if (archive === undefined) throw new SetupError(`npm pack ${name} left no archive`);
  const digest = createHash('sha512').update(readFileSync(join(directory, archive)));
  const found = `sha512-${digest.digest('base64')}`;
  if (found !== integrity) {
    throw new SetupError(
      `${name} is not the archive that build/runtimes.json pins: ${integrity} expected, ${found} received`,
    );
  }
  // A relative name: some tars take the colon of a Windows path for the end of a host's name.
  const tar = spawnSync('tar', ['-xzf', archive], { cwd: directory, stdio: ['ignore', 2, 2] });
  if (tar.error !== undefined || tar.status !== 0) {
    throw new SetupError(`tar cannot unpack ${archive}: ${tar.error?.message ?? 'see above'}`);
  }
  return join(directory, 'package');
}
