import { terminalCommand } from '../../cli/remote/terminal-command.ts';
import { openSession } from '../../cli/run/open-session.ts';
import type { ExecRun } from './exec-run.ts';

/**
 * Runs a command on a terminal of the target, as `ssh -t` does.
 *
 * @returns the exit status
 */
export function runOnTerminal({ remote, words }: ExecRun): Promise<number> {
  const { context, target, reason } = remote;
  const { request, session } = terminalCommand(context, { target, words, reason });
  return openSession(context, request, { ...session, texts: 'nowhere' });
}
