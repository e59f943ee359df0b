import { sep } from 'node:path';
import { expandHome } from '../../aws/shared-files/file-paths.ts';
import type { CommandContext } from '../../cli/framework/command-context.ts';

/** The path of a file for a list: in a terminal with `~` for the home directory, for programs whole. */
export function shownFile({ env, terminal }: CommandContext, path: string): string {
  if (terminal.columns === undefined) return path;
  const home = `${expandHome('~', env)}${sep}`;
  return path.startsWith(home) ? `~${sep}${path.slice(home.length)}` : path;
}
