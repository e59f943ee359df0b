import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { exclusively } from './lock.mjs';
import { withProgress } from './progress.mjs';
import { BYTES_PER_MB, CACHE, ROOT, npm } from './setup.mjs';

/** Roughly what comes over the network, and what it becomes: lock files hold no sizes. */
const DOWNLOADED_BYTES = 109 * BYTES_PER_MB;
const INSTALLED_BYTES = 159 * BYTES_PER_MB;

/**
 * What a lock file of npm pins.
 *
 * @param {string} path
 * @returns {Map<string, { pin: string, optional: boolean }>} by the place in node_modules
 */
function lockedPackages(path) {
  /** @type {unknown} */
  const content = JSON.parse(readFileSync(path, 'utf8'));
  const { packages } =
    /** @type {{ packages: Record<string, { version?: string, integrity?: string, optional?: boolean }> }} */ (
      content
    );
  return new Map(
    Object.entries(packages)
      .filter(([place]) => place !== '')
      .map(([place, { version, integrity, optional }]) => [
        place,
        { pin: `${version ?? ''} ${integrity ?? ''}`, optional: optional === true },
      ]),
  );
}

/**
 * Whether node_modules holds what package-lock.json asks for. npm leaves there, as the last thing it
 * does, a lock file of what it installed: comparing the two also sees an installation that was
 * interrupted, and ignores which process installed.
 */
function dependenciesArePresent() {
  const record = join(ROOT, 'node_modules', '.package-lock.json');
  if (!existsSync(record)) return false;
  const installed = lockedPackages(record);
  for (const [place, { pin, optional }] of lockedPackages(join(ROOT, 'package-lock.json'))) {
    const found = installed.get(place);
    // An optional package that is not there belongs to another platform.
    if (found === undefined ? !optional : found.pin !== pin) return false;
  }
  return true;
}

/**
 * Installs what package-lock.json asks for, if it is not there.
 *
 * @throws SetupError when npm cannot be run or fails
 */
export async function ensureDependencies() {
  if (dependenciesArePresent()) return;
  const place = createHash('sha256').update(ROOT).digest('hex').slice(0, 16);
  await exclusively(join(CACHE, 'locks', `dependencies-${place}`), () => {
    if (dependenciesArePresent()) return;
    withProgress(
      {
        what: 'the dependencies of package-lock.json',
        to: join(ROOT, 'node_modules'),
        bytes: DOWNLOADED_BYTES,
        arriving: join(ROOT, 'node_modules'),
        arrivingBytes: INSTALLED_BYTES,
      },
      // Its warnings are of this Node.js, and the dependencies run with the pinned one.
      () => npm(['ci', '--no-audit', '--no-fund', '--no-progress', '--loglevel=error'], ROOT),
    );
  });
}
