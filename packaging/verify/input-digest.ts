import { existsSync, globSync, lstatSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fingerprint } from '../../build/fingerprint.ts';

/** Imports are followed within these directories: how packages are made and tested. */
const FOLLOWED = /^(?:build|packaging|test\/packaging)\//;
const MODULE = /\.(?:ts|mjs)$/;
/** The statements of a module that load another one of the project; those for types only load none. */
const IMPORT =
  /(?:^(?:import|export)\s+(?!type\b)[^;']*?|^import\s+|\bimport\(\s*)'(?<specifier>\.{1,2}\/[^']+)'/gm;

/** Which files something is made of. */
export interface Inputs {
  /** Of paths with `/`, seen from the directory of the project. Imports of the files are inputs, too. */
  readonly patterns: readonly string[];
  /** Directories, with `/` at the end: what is below them is no input because an input imports it. */
  readonly leftOut?: readonly string[];
}

/**
 * A digest over files and everything of the build that they import. One changed byte or name gives another one.
 *
 * @param root - the directory that the patterns start from
 * @returns hexadecimal; undefined when no file matches
 */
export function inputDigest(root: string, inputs: Inputs): string | undefined {
  const files = inputFiles(root, inputs);
  return files.length === 0 ? undefined : fingerprint(root, files, []);
}

/** The files that {@link inputDigest} reads, sorted. */
export function inputFiles(root: string, { patterns, leftOut = [] }: Inputs): readonly string[] {
  const found = new Set<string>();
  const waiting = globSync([...patterns], { cwd: root }).filter((path) =>
    lstatSync(join(root, path)).isFile(),
  );
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (found.has(path)) continue;
    found.add(path);
    if (!MODULE.test(path)) continue;
    const imported = importsOf(root, path);
    waiting.push(
      ...imported.filter((each) => !leftOut.some((directory) => each.startsWith(directory))),
    );
  }
  return [...found].sort();
}

function importsOf(root: string, path: string): readonly string[] {
  const text = readFileSync(join(root, path), 'utf8');
  return [...text.matchAll(IMPORT)]
    .flatMap(({ groups }) => groups?.['specifier'] ?? [])
    .map((specifier) => normalize(join(dirname(path), specifier)))
    .filter((imported) => FOLLOWED.test(imported) && existsSync(join(root, imported)));
}
