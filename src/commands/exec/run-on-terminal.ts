import { createMarkedOutput, createMarks } from '../../cli/remote/marks.ts';
import { wrapInteractive } from '../../cli/remote/remote-shell.ts';
import { INTERACTIVE_DOCUMENT } from '../../cli/remote/start-raw-command.ts';
import { openSession } from '../../cli/run/open-session.ts';
import { sessionFailures } from '../../failures/session.ts';
import type { TerminalSize } from '../../protocol/terminal-size.ts';
import type { ExecRun } from './exec-run.ts';

/**
 * Runs a command on a terminal of the target, as `ssh -t` does. The agent reports no status of such a command: a shell
 * around it prints it after a random mark, and survives the keys that interrupt the command.
 *
 * @returns the exit status
 */
export async function runOnTerminal({ remote, words }: ExecRun): Promise<number> {
  const { context, target, reason } = remote;
  const marks = createMarks(context.random.fill);
  const script = [
    'trap : INT QUIT',
    ...sizeCommands(context.terminal.window.size()),
    words,
    marks.printEnd('"$?"'),
  ].join('\n');
  const request = {
    target: target.id,
    documentName: INTERACTIVE_DOCUMENT,
    parameters: { command: [wrapInteractive(script, target.id)] },
    ...(reason === undefined ? {} : { reason }),
  };
  return openSession(context, request, {
    texts: 'nowhere',
    targetTitle: target.title,
    input: context.terminal.stdin ? 'keys' : 'nothing',
    outputFilter: createMarkedOutput(marks, false).filter,
    missingExitStatus: () => sessionFailures['command-cut-off'](),
  });
}

/** The size that the session sends arrives when the command already runs: it may have read its own by then. */
function sizeCommands(size: TerminalSize | undefined): readonly string[] {
  if (size === undefined) return [];
  return [`stty rows ${size.rows} cols ${size.cols} 2>/dev/null`];
}
