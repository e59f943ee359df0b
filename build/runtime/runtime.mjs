import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { arch, platform } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fetchPackage } from './npm-package.mjs';
import { RUNTIME_VARIABLE, pinFor } from './pins.mjs';
import { withProgress } from './progress.mjs';
import { BYTES_PER_MB, CACHE, SetupError } from './setup.mjs';
import { loaderFinds } from './shared-library.mjs';
import { DIST_VARIABLE, VENDORS_DIST, distLocation } from './vendor/dist-location.mjs';
import { ORIGIN_FILE, fetchVendorRuntime } from './vendor/vendor-archive.mjs';

/** This machine, as build/runtimes.json names it. */
export const HERE = `${platform()}-${arch()}`;

/**
 * The path of the runtime that the product ships, fetched from the npm registry where it is missing. A
 * machine on which it cannot run because a library is missing gets the pinned substitute.
 *
 * @returns {string}
 * @throws SetupError when there is none for this machine, or what was fetched is not what is pinned
 */
export function ensureRuntime() {
  const named = process.env[RUNTIME_VARIABLE];
  if (named !== undefined && named !== '') {
    if (!existsSync(named)) throw new SetupError(`${RUNTIME_VARIABLE}: there is no ${named}`);
    return named;
  }
  const { version, substitute } = pinFor(HERE);
  if (substitute === undefined || loaderFinds(substitute.without)) return pinnedRuntime(HERE);
  const why = `${substitute.without} is missing, which Node.js ${version} needs. Node.js ${substitute.version} runs the build instead.\n`;
  return fetchedRuntime(HERE, substitute.version, substitute, why);
}

/**
 * The path of the pinned runtime for a system, which need not be this one; fetched where it is missing.
 *
 * @param {string} target - as build/runtimes.json names it
 * @returns {string}
 * @throws SetupError when there is none, or what was fetched is not what is pinned
 */
export function pinnedRuntime(target) {
  const { version, ...digests } = pinFor(target);
  return fetchedRuntime(target, version, digests);
}

/**
 * The path of a runtime for this machine that makes programs for a target; fetched where it is missing.
 *
 * @param {string} target - as build/runtimes.json names it
 * @returns {string}
 * @throws SetupError as `pinnedRuntime`, and when none of the target's version is pinned for this machine
 */
export function generatorFor(target) {
  const { version } = pinFor(target);
  const { package: name, generators = {}, ...here } = pinFor(HERE);
  const digests = version === here.version ? here : generators[version];
  if (digests === undefined) {
    throw new SetupError(
      `build/runtimes.json has no generator ${version} for ${HERE}, which ${target} needs: pin ${name}@${version}`,
    );
  }
  return fetchedRuntime(HERE, version, digests);
}

/**
 * Where the pinned runtime of a system comes from: a package of npm, or a file of the vendor.
 *
 * @typedef {{ kind: 'npm', package: string, version: string, integrity: string }
 *   | { kind: 'vendor', version: string } & import('./vendor/vendor-archive.mjs').VendorOrigin} RuntimeOrigin
 */

/**
 * Where the pinned runtime of a system comes from; it is fetched if it is missing.
 *
 * @param {string} target - as build/runtimes.json names it
 * @returns {RuntimeOrigin}
 * @throws SetupError as `pinnedRuntime`
 */
export function runtimeOrigin(target) {
  const { package: name, version, integrity } = pinFor(target);
  const home = dirname(dirname(pinnedRuntime(target)));
  const record = join(home, ORIGIN_FILE);
  if (!existsSync(record)) {
    return { kind: 'npm', package: name, version, integrity: integrity ?? '' };
  }
  /** @type {unknown} */
  const content = JSON.parse(readFileSync(record, 'utf8'));
  const origin = /** @type {import('./vendor/vendor-archive.mjs').VendorOrigin} */ (content);
  return { kind: 'vendor', version, ...origin };
}

/**
 * A source of runtimes: what it brings, by which name that is kept, and how to copy it to a directory.
 *
 * @typedef {{ what: string, kept: string, fetch: (directory: string) => string }} Source
 */

/**
 * The environment chooses the source.
 *
 * @param {string} target
 * @param {string} version
 * @param {import('./pins.mjs').Digests} digests
 * @returns {Source}
 */
function sourceOf(target, version, { integrity, sha256 }) {
  const kept = `node-${version}-${target}`;
  const location = distLocation();
  if (location !== undefined) {
    return {
      what: `Node.js ${version} for ${target}`,
      kept: `${kept}-vendor`,
      fetch: (directory) => fetchVendorRuntime(location, { target, version, sha256 }, directory),
    };
  }
  if (integrity === undefined) {
    throw new SetupError(
      `build/runtimes.json pins the vendor's archive of ${version} for ${target}, and npm did not have it: set ${DIST_VARIABLE} to ${VENDORS_DIST}, or to a directory with its files`,
    );
  }
  const what = `${pinFor(target).package}@${version}`;
  return { what, kept, fetch: (directory) => fetchPackage(what, integrity, directory) };
}

/**
 * The path of any version of the runtime for a system; fetched where it is missing.
 *
 * @param {string} target - as build/runtimes.json names it
 * @param {string} version
 * @param {import('./pins.mjs').Digests} digests - of this version
 * @param {string} [why] - text to print before it is fetched
 * @returns {string}
 * @throws SetupError as `pinnedRuntime`
 */
export function fetchedRuntime(target, version, digests, why = '') {
  const { what, kept, fetch } = sourceOf(target, version, digests);
  const home = join(CACHE, 'runtimes', kept);
  const executable = join('bin', target.startsWith('win32') ? 'node.exe' : 'node');
  if (!existsSync(join(home, executable))) {
    process.stderr.write(why);
    const directory = mkdtempSync(ensureParent(`${home}-`));
    try {
      const bytes = pinFor(target).megabytes * BYTES_PER_MB;
      const download = {
        what,
        to: dirname(home),
        bytes,
        arriving: directory,
        // The archive, and its content or, of npm, a copy in the cache.
        arrivingBytes: 2 * bytes,
      };
      const unpacked = withProgress(download, () => fetch(directory));
      chmodSync(join(unpacked, executable), 0o755);
      if (target === HERE) tryRuntime(what, join(unpacked, executable), version);
      moveTo(home, unpacked, executable);
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  }
  return join(home, executable);
}

/**
 * The licence of a target's Node.js with those of everything it contains. The packages for Windows have no
 * licence file, and that of a version is the same for all systems.
 *
 * @param {string} target - as build/runtimes.json names it
 * @returns {string}
 * @throws SetupError as `generatorFor`
 */
export function nodeLicence(target) {
  const home = dirname(dirname(generatorFor(target)));
  return readFileSync(join(home, 'LICENSE'), 'utf8');
}

/**
 * @param {string} path
 */
function ensureParent(path) {
  mkdirSync(dirname(path), { recursive: true });
  return path;
}

/**
 * Checks now, and not on first use, that a runtime runs here.
 *
 * @param {string} name
 * @param {string} executable
 * @param {string} version
 */
function tryRuntime(name, executable, version) {
  const trial = spawnSync(executable, ['--version'], { encoding: 'utf8' });
  if (trial.error !== undefined || trial.stdout.trim() !== `v${version}`) {
    throw new SetupError(
      `${name} does not run here (${trial.error?.message ?? trial.stderr.trim()}); name a Node.js ${version} that does by ${RUNTIME_VARIABLE}`,
    );
  }
}

/**
 * Puts the package of a runtime at `home`, all of it or nothing.
 *
 * @param {string} home
 * @param {string} unpacked
 * @param {string} executable
 */
function moveTo(home, unpacked, executable) {
  try {
    renameSync(unpacked, home);
  } catch (error) {
    // Another run was faster, and its runtime is as good.
    if (!existsSync(join(home, executable))) throw error;
  }
}
