import { join } from 'node:path';
import { runTool, type Tool } from '../../build/tool.ts';

const NODE: Tool = { program: process.execPath, debianPackage: 'nodejs' };
const PROGRAM = 'session-manager-plugin.cjs';

/** The manual page and the completion scripts, by their places in an installed tree. */
export const SHARED_FILES = {
  manual: 'share/man/man1/session-manager-plugin.1',
  bash: 'share/completions/session-manager-plugin.bash',
  zsh: 'share/completions/_session-manager-plugin',
  fish: 'share/completions/session-manager-plugin.fish',
} as const;

/** The arguments with which the program prints each of them, from its table of commands. */
const ARGUMENTS: readonly (readonly [place: string, args: readonly string[]])[] = [
  [SHARED_FILES.manual, ['__manual']],
  [SHARED_FILES.bash, ['completion', 'bash']],
  [SHARED_FILES.zsh, ['completion', 'zsh']],
  [SHARED_FILES.fish, ['completion', 'fish']],
];

/**
 * Makes the manual page and the completion scripts with the bundle.
 *
 * @param bundle - the directory of the bundle
 * @returns texts by places in an installed tree
 * @throws ToolError when the bundle does not run
 */
export function makeSharedFiles(bundle: string): ReadonlyMap<string, string> {
  const program = join(bundle, PROGRAM);
  return new Map(
    ARGUMENTS.map(([place, args]) => [place, runTool(NODE, [program, ...args]).toString('utf8')]),
  );
}
