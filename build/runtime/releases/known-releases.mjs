import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compareReleases, lineOf } from './versions.mjs';

/**
 * What is known about releases of Node.js.
 *
 * @typedef {object} KnownReleases
 * @property {string} checked - the day on which the list of security releases was last completed, `YYYY-MM-DD`
 * @property {Record<string, string>} ends - the last day of each release line, by its major version
 *   (https://github.com/nodejs/Release, schedule.json)
 * @property {Record<string, string>} securityReleases - versions that fix weaknesses, with the day on which each was
 *   added to this list
 */

/** The dated list. `npm run runtimes -- --refresh` completes it. */
export const KNOWN_RELEASES_FILE = join(import.meta.dirname, 'known-releases.json');

/** @returns {KnownReleases} */
export function readKnownReleases() {
  /** @type {unknown} */
  const content = JSON.parse(readFileSync(KNOWN_RELEASES_FILE, 'utf8'));
  return /** @type {KnownReleases} */ (content);
}

/**
 * The newest security release of the same line that a version lacks.
 *
 * @param {string} version
 * @param {KnownReleases} known
 * @returns {string | undefined} undefined when none is known
 */
export function missedSecurityRelease(version, { securityReleases }) {
  return Object.keys(securityReleases)
    .filter((release) => lineOf(release) === lineOf(version))
    .filter((release) => compareReleases(release, version) > 0)
    .sort(compareReleases)
    .at(-1);
}
