import type { CommandContext } from '../framework/command-context.ts';
import { canRewriteLines } from '../framework/command-terminal.ts';

/** In the background the view would overwrite what the user does in the terminal. */
export async function canView({ terminal, options, env }: CommandContext): Promise<boolean> {
  if (options.quiet || !canRewriteLines(terminal, env)) return false;
  return terminal.inForeground();
}
