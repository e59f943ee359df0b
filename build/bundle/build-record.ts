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
  | 'image'
  | 'source';

/** The file beside a program that it reads for `--version --verbose` and `doctor` (src/cli/about/build-facts.ts). */
export const BUILD_RECORD = 'build.json';

const GIT: Tool = { program: 'git', debianPackage: 'git' };

/** Names the commit where there is no clone: to build an archive, or to repeat a build elsewhere. */
export const COMMIT_VARIABLE = 'SOURCE_COMMIT';

/**
 * The text of a {@link BUILD_RECORD}: what installs the program, the system it is for, its commit, and the ends of lines
 * of Node.js.
 *
 * @param target - `javascript` for a program that any Node.js runs
 * @param commit - undefined when it is not known
 */
export function buildRecord(
  install: InstallKind,
  target: TargetName | 'javascript',
  commit: string | undefined,
): string {
  const runtimeEnds = readKnownReleases().ends;
  return `${JSON.stringify({ install, target, commit, runtimeEnds }, undefined, 2)}\n`;
}

/**
 * The commit that is built: `SOURCE_COMMIT`, or that of the clone, with `-modified` if files differ from it.
 *
 * @param root - the project's directory
 * @returns undefined for an unpacked archive, also inside another project's clone, and without git
 */
export function commitOf(root: string, env: NodeJS.ProcessEnv = process.env): string | undefined {
  const named = env[COMMIT_VARIABLE] ?? '';
  if (named !== '') return named;
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
