import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * A person who signs releases of Node.js. The fingerprint identifies the key: it is a digest of it, so the key
 * itself may come from any place.
 *
 * @typedef {object} Releaser
 * @property {string} fingerprint - of the primary OpenPGP key, 40 hexadecimal digits in upper case
 * @property {string} name
 * @property {string | null} until - the end of the key when the list was written, `YYYY-MM-DD`; a releaser may
 *   have moved it since, which the key itself states
 */

/**
 * The releaser with this primary key.
 *
 * @param {string} fingerprint
 * @returns {Releaser | undefined} undefined when the key is not listed
 */
export function findReleaser(fingerprint) {
  /** @type {unknown} */
  const content = JSON.parse(readFileSync(join(import.meta.dirname, 'releasers.json'), 'utf8'));
  const { releasers } = /** @type {{ releasers: Releaser[] }} */ (content);
  return releasers.find((releaser) => releaser.fingerprint === fingerprint);
}
