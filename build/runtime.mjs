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
import { CACHE, ON_WINDOWS, ROOT, SetupError, npm } from './setup.mjs';

/** Names another runtime than the pinned one, for a check against a newer Node.js. */
const RUNTIME_VARIABLE = 'SSM_PLUGIN_NODE_RUNTIME';

const EXECUTABLE = join('bin', ON_WINDOWS ? 'node.exe' : 'node');

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
  /** @type {unknown} */
  const content = JSON.parse(readFileSync(join(ROOT, 'build', 'runtimes.json'), 'utf8'));
  const { version, runtimes } =
    /** @type {{ version: string, runtimes: Record<string, { package: string, integrity: string }> }} */ (
      content
    );
  const target = `${platform()}-${arch()}`;
  const home = join(CACHE, 'runtimes', `node-${version}-${target}`);
  const pinned = runtimes[target];
  if (!existsSync(join(home, EXECUTABLE))) {
    if (pinned === undefined) {
      throw new SetupError(
        `build/runtimes.json has no runtime for ${target}; name a Node.js ${version} by ${RUNTIME_VARIABLE}`,
      );
    }
    installRuntime(pinned.package, version, pinned.integrity, home);
  }
  return join(home, EXECUTABLE);
}

/**
 * Puts the package of a runtime at `home`, all of it or nothing.
 *
 * @param {string} name
 * @param {string} version
 * @param {string} integrity
 * @param {string} home
 */
function installRuntime(name, version, integrity, home) {
  process.stderr.write(`Fetching ${name}@${version}...\n`);
  mkdirSync(dirname(home), { recursive: true });
  const directory = mkdtempSync(`${home}-`);
  try {
    const unpacked = fetchPackage(`${name}@${version}`, integrity, directory);
    const executable = join(unpacked, EXECUTABLE);
    chmodSync(executable, 0o755);
    const trial = spawnSync(executable, ['--version'], { encoding: 'utf8' });
    if (trial.error !== undefined || trial.stdout.trim() !== `v${version}`) {
      throw new SetupError(
        `${name} does not run here (${trial.error?.message ?? trial.stderr.trim()}); name a Node.js ${version} that does by ${RUNTIME_VARIABLE}`,
      );
    }
    try {
      renameSync(unpacked, home);
    } catch (error) {
      // Another run was faster, and its runtime is as good.
      if (!existsSync(join(home, EXECUTABLE))) throw error;
    }
  } finally {
    rmSync(directory, { recursive: true, force: true });
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
  npm(['pack', name, '--silent'], directory);
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
