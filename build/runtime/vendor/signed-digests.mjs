import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SetupError } from '../setup.mjs';
import { describePlace, fetchFile } from './dist-location.mjs';
import { verifySignature } from './signature.mjs';

const DIGESTS = 'SHASUMS256.txt';
/** The list of a release has about 4 KB. */
const MAX_LIST_BYTES = 1_000_000;

/**
 * The list of digests of a release, which a releaser of Node.js has signed.
 *
 * @typedef {object} SignedDigests
 * @property {ReadonlyMap<string, string>} digests - SHA-256 in hexadecimal, by the path below the directory of the
 *   release
 * @property {string} signedBy - name of the releaser
 * @property {string} signedOn - `YYYY-MM-DD`
 */

/**
 * Reads and verifies the list of digests of a release.
 *
 * @param {import('./dist-location.mjs').DistLocation} location
 * @param {string} version - such as `26.12.1`
 * @param {string} work - an existing directory for what is needed on the way
 * @returns {SignedDigests}
 * @throws MissingFileError when the place lacks this version, SetupError when it cannot be read or verified
 */
export function readSignedDigests(location, version, work) {
  const path = `v${version}/${DIGESTS}`;
  const list = join(work, DIGESTS);
  const signature = `${list}.sig`;
  fetchFile(location, path, list, MAX_LIST_BYTES);
  fetchFile(location, `${path}.sig`, signature, MAX_LIST_BYTES);
  const place = describePlace(location, path);
  const signed = verifySignature(list, signature, place, work);
  const lines = readFileSync(list, 'utf8').matchAll(/^([0-9a-f]{64}) [ *](\S+)$/gm);
  const digests = new Map([...lines].map(([, digest = '', name = '']) => [name, digest]));
  // Some names have no version: an older list must not pass for that of a newer release.
  const ours = [`node-v${version}.`, `node-v${version}-`];
  if (![...digests.keys()].some((name) => ours.some((start) => name.startsWith(start)))) {
    throw new SetupError(`${place} is the list of another release: it names no file of ${version}`);
  }
  return { ...signed, digests };
}
