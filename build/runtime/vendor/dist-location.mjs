import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { URL } from 'node:url';
import { SetupError } from '../setup.mjs';

/** Names a place with the vendor's archives, as https://nodejs.org/dist has them: a URL or a directory. */
export const DIST_VARIABLE = 'SSM_NODE_DIST';
export const VENDORS_DIST = 'https://nodejs.org/dist';

const DOWNLOAD = join(import.meta.dirname, 'download.mjs');

/**
 * A place with the vendor's archives.
 *
 * @typedef {{ kind: 'directory', path: string } | { kind: 'url', base: string }} DistLocation
 */

/**
 * The place that the environment names.
 *
 * @returns {DistLocation | undefined} undefined when it names none
 * @throws SetupError when it is no place
 */
export function distLocation() {
  const given = process.env[DIST_VARIABLE] ?? '';
  if (given === '') return undefined;
  const scheme = /^([a-z][a-z0-9+.-]+):\/\//i.exec(given)?.[1]?.toLowerCase();
  if (scheme === undefined) {
    const path = resolve(process.env['INIT_CWD'] ?? '.', given);
    if (existsSync(path) && statSync(path).isDirectory()) return { kind: 'directory', path };
    throw new SetupError(`${DIST_VARIABLE}: there is no directory ${path}`);
  }
  if ((scheme !== 'https' && scheme !== 'http') || !URL.canParse(given)) {
    throw new SetupError(
      `${DIST_VARIABLE} is neither a directory nor a URL with https:// or http://`,
    );
  }
  const url = new URL(given);
  if (url.username !== '' || url.password !== '') {
    // It would be in the list of processes, and in error texts.
    throw new SetupError(`${DIST_VARIABLE} contains a user name or a password: remove it`);
  }
  return { kind: 'url', base: given.replace(/\/+$/, '') };
}

/**
 * Where a file is, for people.
 *
 * @param {DistLocation} location
 * @param {string} path - below the place
 */
export function describePlace(location, path) {
  return location.kind === 'url' ? `${location.base}/${path}` : join(location.path, path);
}

/** A file is not in the place; what else is wrong with a place is another SetupError. */
export class MissingFileError extends SetupError {
  /** @override */
  name = 'MissingFileError';
}

/**
 * Copies a file from a place.
 *
 * @param {DistLocation} location
 * @param {string} path - below the place, with `/`
 * @param {string} to - path of the copy
 * @param {number} maxBytes - a longer one is refused
 * @throws MissingFileError when the place lacks it; SetupError when it cannot be copied
 */
export function fetchFile(location, path, to, maxBytes) {
  const place = describePlace(location, path);
  if (location.kind === 'directory') {
    if (!existsSync(place)) throw new MissingFileError(`${place} does not exist`);
    copyFileSync(place, to);
    return;
  }
  // A process of its own, because what needs the runtime waits for it without an event loop.
  const { status, stdout, error } = spawnSync(
    process.execPath,
    [DOWNLOAD, place, to, String(maxBytes)],
    {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
      // Lets Node.js read HTTPS_PROXY, HTTP_PROXY and NO_PROXY.
      env: { ...process.env, NODE_USE_ENV_PROXY: '1' },
    },
  );
  if (error !== undefined) throw new SetupError(`${place}: ${error.message}`);
  if (status === 0) return;
  const reason = stdout.trim();
  if (reason === 'status 404') throw new MissingFileError(`${place} does not exist (${reason})`);
  throw new SetupError(`${place} cannot be downloaded: ${reason === '' ? 'see above' : reason}`);
}
