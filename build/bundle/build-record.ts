import { realpathSync } from 'node:fs';
import { readKnownReleases } from '../runtime/releases/known-releases.mjs';
import type { TargetName } from '../targets.ts';
import { findTool, runTool, ToolError, type Tool } from '../tool.ts';

/** What installs the program. `source` is a build that nothing has packed. */
export type InstallKind =
  | 'deb'
  | 'rpm'
  | 'macos-bundle'
  | 'macos-pkg'
  | 'windows-setup'
  | 'windows-zip'
  | 'npm'
  | 'archive'
  | 'source';

/** The file beside a program that it reads for `--version --verbose` and `doctor` (src/cli/about/build-facts.ts). */
export const BUILD_RECORD = 'build.json';

const GIT: Tool = { program: 'git', debianPackage: 'git' };

/**
 * The text of a {@link BUILD_RECORD}: what installs the program, the system it is for, its commit, and the ends of lines
 * of Node.js. It depends only on the sources.
 *
 * @param root - the project's directory
 * @param target - `javascript` for a program that any Node.js runs
 */
export function buildRecord(
  root: string,
  install: InstallKind,
  target: TargetName | 'javascript',
): string {
  const commit = commitOf(root);
  const runtimeEnds = readKnownReleases().ends;
  return `${JSON.stringify({ install, target, commit, runtimeEnds }, undefined, 2)}\n`;
}

/**
 * The commit that a directory is a clone of, with `-modified` if files differ from it.
 *
 * @returns undefined for an unpacked archive, also inside another project's clone, and without git
 */
export function commitOf(root: string): string | undefined {
  if (findTool(GIT) === undefined) return undefined;
  const git = (...args: string[]): string => runTool(GIT, args, { cwd: root }).toString().trim();
  try {
    if (realpathSync(git('rev-parse', '--show-toplevel')) !== realpathSync(root)) return undefined;
    // No tag: `--exclude` leaves the abbreviated commit, here in full length.
    return git('describe', '--always', '--abbrev=40', '--exclude=*', '--dirty=-modified');
  } catch (error) {
    if (error instanceof ToolError) return undefined;
    throw error;
  }
}
