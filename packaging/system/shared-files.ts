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

/** How the program prints each of them, of its table of commands. */
const ARGUMENTS: Readonly<Record<keyof typeof SHARED_FILES, readonly string[]>> = {
  manual: ['__manual'],
  bash: ['completion', 'bash'],
  zsh: ['completion', 'zsh'],
  fish: ['completion', 'fish'],
};

/**
 * Makes the manual page and the completion scripts with the bundle.
 *
 * @param bundle - the directory of the bundle
 * @returns texts by places in an installed tree
 * @throws ToolError when the bundle does not run
 */
export function makeSharedFiles(bundle: string): ReadonlyMap<string, string> {
  const names = ['manual', 'bash', 'zsh', 'fish'] as const;
  return new Map(
    names.map((name) => {
      const text = runTool(NODE, [join(bundle, PROGRAM), ...ARGUMENTS[name]]).toString('utf8');
      return [SHARED_FILES[name], text];
    }),
  );
}
