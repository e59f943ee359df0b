import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SetupError } from '../setup.mjs';
import { isRelease } from '../releases/versions.mjs';
import { MissingFileError, describePlace, fetchFile } from '../vendor/dist-location.mjs';
import { readSignedDigests } from '../vendor/signed-digests.mjs';
import { vendorFile } from '../vendor/vendor-archive.mjs';

/** The list of all releases; it grew to about 300 KB in 2026. */
const INDEX = 'index.json';
const MAX_INDEX_BYTES = 20_000_000;

/**
 * An entry of the vendor's list of releases, which is not signed (https://nodejs.org/dist/index.json).
 *
 * @typedef {object} IndexEntry
 * @property {string} version - such as `v26.12.1`
 * @property {boolean} [security] - whether it fixes weaknesses
 */

/**
 * @template Result
 * @param {(directory: string) => Result} action
 * @returns {Result}
 */
function inTemporaryDirectory(action) {
  const directory = mkdtempSync(join(tmpdir(), 'session-manager-plugin-runtimes-'));
  try {
    return action(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/**
 * The vendor's list of releases.
 *
 * @param {import('../vendor/dist-location.mjs').DistLocation} location
 * @returns {IndexEntry[]} without what is not final
 * @throws MissingFileError when the place has none, SetupError when it cannot be read
 */
export function readIndex(location) {
  return inTemporaryDirectory((directory) => {
    const file = join(directory, INDEX);
    fetchFile(location, INDEX, file, MAX_INDEX_BYTES);
    try {
      /** @type {unknown} */
      const content = JSON.parse(readFileSync(file, 'utf8'));
      const entries = /** @type {IndexEntry[]} */ (content);
      return entries
        .map(({ version, security }) => ({
          version: version.slice(1),
          security: security === true,
        }))
        .filter(({ version }) => isRelease(version));
    } catch {
      throw new SetupError(`${describePlace(location, INDEX)} is not the list of releases`);
    }
  });
}

/**
 * The releases that a place has; a mirror in a directory need not have the list.
 *
 * @param {import('../vendor/dist-location.mjs').DistLocation} location
 * @returns {string[]}
 */
function releasesIn(location) {
  try {
    return readIndex(location).map(({ version }) => version);
  } catch (error) {
    if (!(error instanceof MissingFileError)) throw error;
    if (location.kind === 'url') return [];
    return readdirSync(location.path)
      .map((name) => name.slice(1))
      .filter(isRelease);
  }
}

/**
 * A place with the vendor's archives.
 *
 * @param {import('../vendor/dist-location.mjs').DistLocation} location
 * @returns {import('./npm-source.mjs').PinSource} its methods throw SetupError when the place cannot be read, or a
 *   signature is wrong
 */
export function vendorSource(location) {
  /** @type {string[] | undefined} */
  let releases;
  /** @type {Map<string, import('../vendor/signed-digests.mjs').SignedDigests | undefined>} */
  const lists = new Map();
  /**
   * @param {string} version
   */
  const listOf = (version) => {
    if (lists.has(version)) return lists.get(version);
    const list = inTemporaryDirectory((directory) => {
      try {
        return readSignedDigests(location, version, directory);
      } catch (error) {
        if (error instanceof MissingFileError) return undefined;
        throw error;
      }
    });
    lists.set(version, list);
    return list;
  };
  return {
    name: 'vendor',
    versions: () => (releases ??= releasesIn(location)),
    find(target, version) {
      const list = listOf(version);
      const sha256 = list?.digests.get(vendorFile(target, version));
      if (list === undefined || sha256 === undefined) return undefined;
      return { published: list.signedOn, sha256 };
    },
  };
}
