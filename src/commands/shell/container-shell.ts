import type { CommandContext } from '../../cli/framework/command-context.ts';
import {
  interactiveRequest,
  terminalCommand,
  type TerminalSession,
} from '../../cli/remote/terminal-command.ts';
import type { ResolvedTarget } from '../../cli/target/resolve-target.ts';

/** The best shell of a container: many have only `sh`. */
const BEST_SHELL = 'if command -v bash >/dev/null 2>&1; then bash; else sh; fi';

/**
 * A shell in an ECS container, with its exit status.
 *
 * @param command - what ECS runs in its place, unchanged: it needs no `sh` in the container, and reports no status
 */
export function containerShell(
  context: CommandContext,
  target: ResolvedTarget,
  command: string | undefined,
): TerminalSession {
  if (command === undefined) {
    const shell = { target, words: BEST_SHELL, reason: undefined };
    const { request, session } = terminalCommand(context, shell);
    return { request, session: { ...session, input: 'keys' } };
  }
  return {
    request: interactiveRequest(target, command, undefined),
    session: { targetTitle: target.title },
  };
}
