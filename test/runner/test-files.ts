import { globSync } from 'node:fs';
import { SetupError } from '../../build/runtime/setup.mjs';

/**
 * Finds the files of tests that patterns name.
 *
 * @param directory - what they are relative to
 * @returns the paths from there, in order
 * @throws SetupError for a pattern that names none: it was mistyped, or a file has moved
 */
export function findTestFiles(patterns: readonly string[], directory: string): readonly string[] {
  const files = patterns.map((pattern) => {
    const named = globSync(pattern, { cwd: directory });
    if (named.length === 0) throw new SetupError(`No test file is named ${pattern}.`);
    return named;
  });
  return [...new Set(files.flat())].sort();
}
