// What the scripts that run before the pinned runtime share. Plain JavaScript, like everything they
// import: they run on any Node.js from 20 on and before any dependency is installed.

import { spawnSync } from 'node:child_process';
import { homedir, platform } from 'node:os';
import { basename, dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { BuildError } from './build-error.mjs';

/** The project's directory. */
export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

export const ON_WINDOWS = platform() === 'win32';

/** Where things are kept that outlive a clone (XDG Base Directory Specification: empty is unset). */
export const CACHE = join(
  process.env['XDG_CACHE_HOME'] === undefined || process.env['XDG_CACHE_HOME'] === ''
    ? join(homedir(), '.cache')
    : process.env['XDG_CACHE_HOME'],
  'session-manager-plugin',
);

export const BYTES_PER_MB = 1_000_000;

/** All versions of a package, with their dates. */
const MAX_NPM_OUTPUT_BYTES = 50 * BYTES_PER_MB;

/** Something that cannot be set up; its text is all a user needs to see. */
export class SetupError extends BuildError {
  /** @override */
  name = 'SetupError';
}

/**
 * Whether a failed call of the file system failed with this code.
 *
 * @param {unknown} error
 * @param {string} code - such as `EEXIST`
 */
export function hasCode(error, code) {
  return error instanceof Error && 'code' in error && error.code === code;
}

/**
 * Runs npm to its end, its messages on stderr. Standard input is not npm's to read.
 *
 * @param {string[]} args - must need no quoting: on Windows they pass through a shell
 * @param {string} directory - where npm runs
 */
export function npm(args, directory) {
  runNpm(args, { cwd: directory, stdio: ['ignore', 2, 2] });
}

/**
 * Runs npm to its end, its messages on stderr.
 *
 * @param {string[]} args - must need no quoting
 * @param {string} [directory] - where npm runs; by default the current one
 * @returns {string} what it prints on its standard output
 */
export function npmOutput(args, directory) {
  return runNpm(args, {
    cwd: directory,
    stdio: ['ignore', 'pipe', 2],
    maxBuffer: MAX_NPM_OUTPUT_BYTES,
  });
}

/**
 * @param {string[]} args
 * @param {import('node:child_process').SpawnSyncOptions} options
 */
function runNpm(args, options) {
  // Inside `npm run` this variable names the very npm that is running; otherwise PATH decides.
  const running = process.env['npm_execpath'];
  const result =
    running !== undefined && basename(running) === 'npm-cli.js'
      ? spawnSync(process.execPath, [running, ...args], options)
      : spawnSync('npm', args, { ...options, shell: ON_WINDOWS });
  if (result.error !== undefined) {
    throw new SetupError(`npm cannot be run: ${result.error.message}`);
  }
  if (result.status !== 0) {
    throw new SetupError(`npm ${args.join(' ')} failed with status ${result.status ?? 'unknown'}`);
  }
  return String(result.stdout);
}
