import { spawnSync } from 'node:child_process';
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { SetupError } from '../setup.mjs';
import { describePlace, fetchFile } from './dist-location.mjs';
import { readSignedDigests } from './signed-digests.mjs';
import { sha256OfFile } from '../sha256-of-file.mjs';

/** The largest, that of Windows, has about 90 MB. */
const MAX_ARCHIVE_BYTES = 400_000_000;

/**
 * The file of a release that brings the runtime of a system: an archive, or for Windows the program itself.
 *
 * @param {string} target - as build/runtimes.json names it
 * @param {string} version
 * @returns {string} the path below the directory of the release, as SHASUMS256.txt lists it
 */
export function vendorFile(target, version) {
  const [system = '', architecture = ''] = target.split('-');
  if (system === 'win32') return `win-${architecture}/node.exe`;
  return `node-v${version}-${system}-${architecture}.tar.gz`;
}

/**
 * What is kept about a runtime that came from the vendor.
 *
 * @typedef {object} VendorOrigin
 * @property {string} file - the path below the place with the archives
 * @property {string} sha256 - of this file, hexadecimal
 * @property {string} signedBy - name of the releaser who signed the list with the digest
 */

/** The file in the directory of a runtime that holds its {@link VendorOrigin}. */
export const ORIGIN_FILE = 'vendor.json';

/**
 * Copies a runtime from a place with the vendor's archives, verifies it, and unpacks it.
 *
 * @param {import('./dist-location.mjs').DistLocation} location
 * @param {{ target: string, version: string, sha256: string | undefined }} wanted - the digest is that of
 *   build/runtimes.json, if that has one
 * @param {string} directory - an existing directory
 * @returns {string} a directory with the runtime in `bin`, and an `ORIGIN_FILE`
 * @throws MissingFileError when the place lacks it; SetupError when it cannot be copied, or is not what a releaser
 *   has signed or what is pinned
 */
export function fetchVendorRuntime(location, { target, version, sha256 }, directory) {
  const name = vendorFile(target, version);
  const path = `v${version}/${name}`;
  const place = describePlace(location, path);
  const { digests, signedBy } = readSignedDigests(location, version, directory);
  const signed = digests.get(name);
  if (signed === undefined) {
    throw new SetupError(`the signed SHASUMS256.txt of ${version} does not list ${name}`);
  }
  if (sha256 !== undefined && sha256 !== signed) {
    throw new SetupError(
      `${name} is not the file that build/runtimes.json pins: ${sha256} expected, ${signed} signed by ${signedBy}`,
    );
  }
  const file = join(directory, basename(name));
  fetchFile(location, path, file, MAX_ARCHIVE_BYTES);
  const found = sha256OfFile(file);
  if (found !== signed) {
    throw new SetupError(
      `${place} is not the file that ${signedBy} has signed: ${signed} expected, ${found} received`,
    );
  }
  const unpacked = unpack(file, directory);
  /** @type {VendorOrigin} */
  const origin = { file: path, sha256: found, signedBy };
  writeFileSync(join(unpacked, ORIGIN_FILE), `${JSON.stringify(origin, undefined, 2)}\n`);
  return unpacked;
}

/**
 * Of an archive only the program and its licence are needed.
 *
 * @param {string} file
 * @param {string} directory
 */
function unpack(file, directory) {
  if (file.endsWith('.exe')) {
    const home = join(directory, 'runtime');
    mkdirSync(join(home, 'bin'), { recursive: true });
    renameSync(file, join(home, 'bin', basename(file)));
    return home;
  }
  const archive = basename(file);
  const top = archive.replace(/\.tar\.gz$/, '');
  // A relative name: some tars take the colon of a Windows path for the end of a host's name.
  const tar = spawnSync('tar', ['-xzf', archive, `${top}/bin/node`, `${top}/LICENSE`], {
    cwd: dirname(file),
    stdio: ['ignore', 2, 2],
  });
  if (tar.error !== undefined || tar.status !== 0) {
    throw new SetupError(`tar cannot unpack ${archive}: ${tar.error?.message ?? 'see above'}`);
  }
  rmSync(file);
  return join(directory, top);
}
