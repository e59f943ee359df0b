// gpg verifies the signature: the build downloads the vendor's archives only on request, so it may need a program
// that is not on every machine, and code of our own that decides on trust would be worse than none.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { SetupError } from '../setup.mjs';
import { findReleaser } from './releasers.mjs';

/** Names the public keys of the releasers of Node.js: a file, or a directory with `.asc` files. */
const KEYS_VARIABLE = 'SSM_NODE_KEYS';
const KEYS_HINT =
  'clone https://github.com/nodejs/release-keys, and name its directory "keys" by this variable';

/** SHA-256, SHA-384, SHA-512 (RFC 9580, 9.5): collisions in older ones can be made. */
const SAFE_DIGESTS = new Set(['8', '9', '10']);

/**
 * A line of gpg's status output (GnuPG, doc/DETAILS): a keyword and its arguments.
 *
 * @typedef {{ keyword: string, args: string[] }} Status
 */

/**
 * Verifies that a releaser of Node.js has signed a file, and that the key has neither ended nor been revoked.
 *
 * @param {string} file - path of the file
 * @param {string} signature - path of the detached signature
 * @param {string} what - names the file in an error
 * @param {string} work - an existing directory for a key ring
 * @returns {{ signedBy: string, signedOn: string }} the name of the releaser, and the day, `YYYY-MM-DD`
 * @throws SetupError when anything about the signature is wrong, or gpg or the keys are missing
 */
export function verifySignature(file, signature, what, work) {
  const home = mkdtempSync(join(work, 'gpg-'));
  try {
    const imported = gpg(home, ['--import', ...keyFiles()]);
    if (!imported.some(({ keyword }) => keyword === 'IMPORT_OK')) {
      throw new SetupError(`${KEYS_VARIABLE}: gpg finds no public key in it; ${KEYS_HINT}`);
    }
    return signer(gpg(home, ['--verify', signature, file]), what);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

/**
 * @returns {string[]}
 */
function keyFiles() {
  const given = process.env[KEYS_VARIABLE] ?? '';
  if (given === '') {
    throw new SetupError(`${KEYS_VARIABLE} is not set, and a signature needs keys: ${KEYS_HINT}`);
  }
  const path = resolve(process.env['INIT_CWD'] ?? '.', given);
  if (!existsSync(path)) throw new SetupError(`${KEYS_VARIABLE}: there is no ${path}`);
  if (!statSync(path).isDirectory()) return [path];
  const files = readdirSync(path).filter((name) => name.endsWith('.asc'));
  if (files.length === 0)
    throw new SetupError(`${KEYS_VARIABLE}: there is no .asc file in ${path}`);
  return files.sort().map((name) => join(path, name));
}

/**
 * Runs gpg with a key ring of its own, and without the user's settings.
 *
 * @param {string} home
 * @param {string[]} args
 * @returns {Status[]}
 */
function gpg(home, args) {
  const result = spawnSync(
    'gpg',
    [
      ...['--homedir', home, '--no-options', '--batch', '--no-tty', '--no-autostart', '--quiet'],
      ...['--trust-model', 'always', '--status-fd', '1', ...args],
    ],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
  );
  if (result.error !== undefined) {
    throw new SetupError(
      `gpg is missing: install the package gnupg (Debian, Ubuntu); it verifies the vendor's archives (${result.error.message})`,
    );
  }
  return result.stdout
    .split('\n')
    .filter((line) => line.startsWith('[GNUPG:] '))
    .map((line) => {
      const [, keyword = '', ...rest] = line.split(' ');
      return { keyword, args: rest };
    });
}

/**
 * What is wrong, by the keyword of gpg that reports it.
 *
 * @type {Record<string, string>}
 */
const FAULTS = {
  BADSIG: 'does not match its signature: it was changed after it was signed',
  ERRSIG: `is signed by a key that is not among those of ${KEYS_VARIABLE}`,
  EXPKEYSIG: `is signed by a key that has expired: get the current keys (${KEYS_VARIABLE})`,
  REVKEYSIG: 'is signed by a key that its owner has revoked',
  EXPSIG: 'has a signature that has expired',
  NODATA: 'has no signature: its .sig file contains something else',
};

/**
 * @param {Status[]} statuses
 * @param {string} what
 */
function signer(statuses, what) {
  const fault = statuses.find(({ keyword }) => keyword in FAULTS);
  if (fault !== undefined) throw new SetupError(`${what} ${FAULTS[fault.keyword] ?? ''}`);
  const valid = statuses.find(({ keyword }) => keyword === 'VALIDSIG');
  if (valid === undefined || !statuses.some(({ keyword }) => keyword === 'GOODSIG')) {
    throw new SetupError(`${what} has no signature that gpg can verify`);
  }
  const [, signedOn = '', , , , , , digest = '', , primary = ''] = valid.args;
  if (!SAFE_DIGESTS.has(digest)) {
    throw new SetupError(
      `${what} is signed with a digest that is not safe (OpenPGP number ${digest})`,
    );
  }
  const releaser = findReleaser(primary);
  if (releaser === undefined) {
    throw new SetupError(
      `${what} is signed by the key ${primary}, which is not in build/runtime/vendor/releasers.json`,
    );
  }
  return { signedBy: releaser.name, signedOn };
}
