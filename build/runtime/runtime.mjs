import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { arch, platform } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { withProgress } from './progress.mjs';
import { BYTES_PER_MB, CACHE, ROOT, SetupError, npm } from './setup.mjs';

/** Names another runtime than the pinned one, for a check against a newer Node.js. */
const RUNTIME_VARIABLE = 'SSM_PLUGIN_NODE_RUNTIME';

/** This machine, as build/runtimes.json names it. */
export const HERE = `${platform()}-${arch()}`;

/** The packages for Windows have no licence file. */
const WITH_LICENCE = 'linux-x64';

/**
 * The path of the runtime that the product ships, fetched from the npm registry where it is missing.
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
  return pinnedRuntime(HERE);
}

/**
 * Digests of the archives that bring a version for one system; there is at least one.
 *
 * @typedef {object} Digests
 * @property {string} [integrity] - of the package on npm: `sha512-<base64>`, as the registry states it
 * @property {string} [sha256] - of the vendor's archive: hexadecimal, as SHASUMS256.txt states it
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
 * @typedef {RuntimeRelease & Digests} RuntimePin
 */

/**
 * What build/runtimes.json pins.
 *
 * @returns {Record<string, RuntimePin>} by system
 */
function readPins() {
  /** @type {unknown} */
  const content = JSON.parse(readFileSync(join(ROOT, 'build', 'runtimes.json'), 'utf8'));
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

/**
 * The path of the pinned runtime for a system, which need not be this one; fetched where it is missing.
 *
 * @param {string} target - as build/runtimes.json names it
 * @returns {string}
 * @throws SetupError when there is none, or what was fetched is not what is pinned
 */
export function pinnedRuntime(target) {
  const { package: name, version, ...digests } = pinFor(target);
  return fetchedRuntime(target, {
    name,
    version,
    integrity: integrityOf(target, version, digests),
  });
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
  return fetchedRuntime(HERE, { name, version, integrity: integrityOf(HERE, version, digests) });
}

/**
 * @param {string} target
 * @param {string} version
 * @param {Digests} digests
 */
function integrityOf(target, version, { integrity }) {
  if (integrity !== undefined) return integrity;
  throw new SetupError(`build/runtimes.json has no integrity of ${version} for ${target}`);
}

/**
 * @param {string} target
 * @param {{ name: string, version: string, integrity: string }} pinned
 */
function fetchedRuntime(target, { name: packageName, version, integrity }) {
  const home = join(CACHE, 'runtimes', `node-${version}-${target}`);
  const executable = join('bin', target.startsWith('win32') ? 'node.exe' : 'node');
  if (!existsSync(join(home, executable))) {
    const directory = mkdtempSync(ensureParent(`${home}-`));
    try {
      const what = `${packageName}@${version}`;
      const bytes = pinFor(target).megabytes * BYTES_PER_MB;
      // npm keeps the archive in its cache, and copies it from there.
      const download = {
        what,
        to: dirname(home),
        bytes,
        arriving: directory,
        arrivingBytes: 2 * bytes,
      };
      const unpacked = withProgress(download, () => fetchPackage(what, integrity, directory));
      chmodSync(join(unpacked, executable), 0o755);
      if (target === HERE) tryRuntime(packageName, join(unpacked, executable), version);
      moveTo(home, unpacked, executable);
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  }
  return join(home, executable);
}

/** The licence of Node.js with those of everything it contains; it is the same for all systems. */
export function nodeLicence() {
  const home = dirname(dirname(pinnedRuntime(WITH_LICENCE)));
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

/**
 * Fetches a package and unpacks it.
 *
 * @param {string} name - `package@version`
 * @param {string} integrity - the pinned `sha512-<base64>` of its archive
 * @param {string} directory - an empty one
 * @returns {string} the directory of the unpacked package
 */
function fetchPackage(name, integrity, directory) {
  // A cache of its own, whose growth can be watched: what was checked is kept by this project.
  npm(['pack', name, '--silent', '--cache=npm-cache'], directory);
  const archive = readdirSync(directory).find((file) => file.endsWith('.tgz'));
  if (archive === undefined) throw new SetupError(`npm pack ${name} left no archive`);
  const digest = createHash('sha512').update(readFileSync(join(directory, archive)));
  const found = `sha512-${digest.digest('base64')}`;
  if (found !== integrity) {
    throw new SetupError(
      `${name} is not the archive that build/runtimes.json pins: ${integrity} expected, ${found} received`,
    );
  }
  // A relative name: some tars take the colon of a Windows path for the end of a host's name.
  const tar = spawnSync('tar', ['-xzf', archive], { cwd: directory, stdio: ['ignore', 2, 2] });
  if (tar.error !== undefined || tar.status !== 0) {
    throw new SetupError(`tar cannot unpack ${archive}: ${tar.error?.message ?? 'see above'}`);
  }
  return join(directory, 'package');
}
