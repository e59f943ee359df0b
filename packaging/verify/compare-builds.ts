import { existsSync, globSync, lstatSync } from 'node:fs';
import { join, relative } from 'node:path';
import { BUILD_OUTPUTS } from '../../build/build-settings.ts';
import { programDirectory } from '../../build/program.ts';
import { ROOT } from '../../build/runtime/setup.mjs';
import type { TargetName } from '../../build/targets.ts';
import { downloadsOf } from '../downloads.ts';
import { NPM_DIRECTORY } from '../npm/npm-package.ts';
import type { Release } from '../release.ts';
import { OUTPUTS } from '../release-settings.ts';
import { DIRECTORY_MODE, FILE_MODE } from '../stage-tree.ts';
import { sha256OfFile } from '../../build/runtime/sha256-of-file.mjs';

/** A file that two builds have made. */
export interface ComparedFile {
  /** Below the directory of the project. */
  readonly path: string;
  /** SHA-256 in hexadecimal; undefined when the build has not made the file. */
  readonly first: string | undefined;
  readonly second: string | undefined;
}

/** The files of a build to compare, as patterns below the directory of the project. */
export function filesOfBundle(): readonly string[] {
  const bundle = relative(ROOT, BUILD_OUTPUTS.bundle);
  return [join(bundle, '*.cjs'), join(bundle, 'bundled-packages.json')];
}

/** The same of a target: its program and its downloads. */
export function filesOfTarget(name: TargetName, release: Release): readonly string[] {
  const latest = relative(ROOT, join(OUTPUTS.plugin, 'latest'));
  return [
    join(relative(ROOT, programDirectory(name)), '**'),
    ...downloadsOf(name, release).map(({ path }) => join(latest, path)),
  ];
}

/** The same of what depends on no target. */
export function filesOfEveryTarget(): readonly string[] {
  return [join(relative(ROOT, OUTPUTS.plugin), 'latest', NPM_DIRECTORY, '*')];
}

/** The same of everything that is published: the downloads, and what describes them. */
export function filesOfRelease(): readonly string[] {
  return [join(relative(ROOT, OUTPUTS.plugin), '**')];
}

/**
 * Compares files that two builds have made.
 *
 * @param roots - the directories of the project in which they were made
 * @param patterns - of paths below both
 * @returns every file of either build, sorted by its path
 */
export function compareBuilds(
  [first, second]: readonly [string, string],
  patterns: readonly string[],
): readonly ComparedFile[] {
  const paths = new Set([first, second].flatMap((root) => filesIn(root, patterns)));
  return [...paths].sort().map((path) => ({
    path,
    first: digestOf(join(first, path)),
    second: digestOf(join(second, path)),
  }));
}

function filesIn(root: string, patterns: readonly string[]): readonly string[] {
  return globSync([...patterns], { cwd: root }).filter((path) =>
    lstatSync(join(root, path)).isFile(),
  );
}

function digestOf(path: string): string | undefined {
  return existsSync(path) ? sha256OfFile(path) : undefined;
}

/**
 * What of a release other users of the machine, such as a web server, cannot read: each file must have
 * the mode 0644, each directory 0755.
 *
 * @param root - the directory of the project in which it was made
 * @returns paths below it
 */
export function unreadableFiles(root: string): readonly string[] {
  const plugin = relative(ROOT, OUTPUTS.plugin);
  return globSync([plugin, join(plugin, '**')], { cwd: root }).filter((path) => {
    const stats = lstatSync(join(root, path));
    return (stats.mode & 0o777) !== (stats.isDirectory() ? DIRECTORY_MODE : FILE_MODE);
  });
}
