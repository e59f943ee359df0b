import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ToolError } from '../tool.ts';
import type { Emulator } from './emulator.ts';

const MAKER = join(import.meta.dirname, 'code-cache-maker.ts');
/** Under wine a warning would be in the output: one is about certificates that are not found there. */
const NO_WARNINGS = { NODE_EXTRA_CA_CERTS: '' };
const QUIET = '--disable-warning=ExperimentalWarning';
/**
 * Makes the outcome the same each time. V8 counts most flags as part of what a code cache fits, so the
 * maker puts in what the same runtime without these flags expects.
 */
const REPRODUCIBLE = ['--predictable', '--hash-seed=1', '--random-seed=1'];

/** The runtime that will load the code caches. */
export interface CachingRuntime {
  readonly path: string;
  /** With which it will be started. */
  readonly options: readonly string[];
}

/**
 * Makes the code caches of a bundle for one runtime: V8 takes one only in the version, on the operating
 * system and on the architecture that have made it.
 *
 * @param bundle - directory with the files of the bundle
 * @param output - directory for the code caches, `<file of the bundle>.cache` each
 * @returns the names of the files in `output`
 * @throws ToolError when the runtime fails, or does not take what it has made, or has options with which it does
 *   not take the code caches of its own scripts
 */
export function makeCodeCaches(
  emulator: Emulator,
  { path, options }: CachingRuntime,
  bundle: string,
  output: string,
): readonly string[] {
  mkdirSync(output, { recursive: true });
  const run = (...args: readonly string[]): string =>
    emulator.run(path, args, NO_WARNINGS).toString('utf8').trim();
  const hash = run(QUIET, MAKER, 'fit');
  if (!/^\d+$/.test(hash)) throw new ToolError(`${path} has printed no hash of its flags: ${hash}`);
  if (run(...options, QUIET, MAKER, 'fit') !== hash) {
    throw new ToolError(
      `with ${options.join(' ')}, ${path} compiles its own scripts at each start: leave out what V8 counts as part of a code cache`,
    );
  }
  run(...REPRODUCIBLE, QUIET, MAKER, 'make', hash, bundle, output);
  run(...options, QUIET, MAKER, 'check', bundle, output);
  return readdirSync(output).sort();
}
