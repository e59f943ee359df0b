import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, SetupError } from './setup.mjs';

/** Names another runtime than the pinned one, for a check against a newer Node.js. */
export const RUNTIME_VARIABLE = 'SSM_PLUGIN_NODE_RUNTIME';

/** What pins the runtimes. */
export const PINS_FILE = join(ROOT, 'build', 'runtimes.json');

/**
 * Digests of the archives that bring a version for one system; there is at least one.
 *
 * @typedef {object} Digests
 * @property {string} [integrity] - of the package on npm: `sha512-<base64>`, as the registry states it
 * @property {string} [sha256] - of the vendor's archive: hexadecimal, as SHASUMS256.txt states it
 */

/**
 * An older version for one system, and the library without which it replaces the pinned one.
 *
 * @typedef {{ without: string, version: string } & Digests} Substitute
 */

/**
 * The pinned runtime of one system. Packages of npm follow releases later, at a different pace for each system,
 * so each system has its own version.
 *
 * @typedef {object} RuntimeRelease
 * @property {string} package - the package of npm that brings it
 * @property {number} megabytes - about how large its archive is
 * @property {string} version
 * @property {string} published - the day on which npm first had this version for any system, or on which the
 *   vendor signed it: `YYYY-MM-DD`
 * @property {Record<string, Digests>} [generators] - further versions for this system. A program can only be put
 *   into a runtime by a runtime of the same version, so the system that builds has the version of each slower
 *   target, too.
 * @property {Substitute} [substitute] - runs the build and the tests on a machine without a library that the
 *   pinned version needs and minimal systems lack
 * @typedef {RuntimeRelease & Digests} RuntimePin
 */

/**
 * What build/runtimes.json pins.
 *
 * @returns {Record<string, RuntimePin>} by system
 */
export function readPins() {
  /** @type {unknown} */
  const content = JSON.parse(readFileSync(PINS_FILE, 'utf8'));
  return /** @type {ReturnType<typeof readPins>} */ (content);
}

/**
 * What build/runtimes.json pins for a system.
 *
 * @param {string} target - as build/runtimes.json names it
 * @returns {RuntimePin}
 * @throws SetupError when it has no such system
 */
export function pinFor(target) {
  const pin = readPins()[target];
  if (pin !== undefined) return pin;
  throw new SetupError(
    `build/runtimes.json has no runtime for ${target}; name a Node.js by ${RUNTIME_VARIABLE}`,
  );
}
