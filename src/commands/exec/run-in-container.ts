import { createMarkedOutput, createMarks } from '../../cli/remote/marks.ts';
import { wrapScript } from '../../cli/remote/remote-shell.ts';
import { interactiveRequest } from '../../cli/remote/terminal-command.ts';
import { openSession } from '../../cli/run/open-session.ts';
import { sessionFailures } from '../../failures/session.ts';
import type { ExecRun } from './exec-run.ts';
import { withoutCarriageReturns } from './line-ends.ts';

/** What a shell reports of a command that Ctrl-C has ended. */
const INTERRUPTED = 130;

/** Ctrl-C would be a part of the output. A container without `stty` shows it. */
const WITHOUT_ECHO = 'stty -echo 2>/dev/null';

/**
 * ECS runs commands only in a terminal. The command has a pipe as its output, so that it prints no colors and columns, and
 * no input. Its shell ends with a pipe, whose status would be that of `cat`: the status has a descriptor of its own.
 */
const withoutTerminal = (words: string): string => `\
exec 3>&1
status=$( { { { ${words}
} </dev/null 2>&1 3>&- 4>&-; echo "$?" >&4; } | cat >&3 4>&-; } 4>&1 )`;

/**
 * Runs a command in an ECS container, by ECS. Its two outputs are one, because a terminal has only one.
 *
 * @returns the exit status
 */
export function runInContainer({ remote, words }: ExecRun): Promise<number> {
  const { context, target, reason } = remote;
  const marks = createMarks(context.random.fill);
  const script = [
    'trap : INT QUIT',
    WITHOUT_ECHO,
    withoutTerminal(words),
    marks.printEnd(`"\${status:-${INTERRUPTED}}"`),
  ].join('\n');
  const request = interactiveRequest(target, wrapScript(script, 'sh'), reason);
  return openSession(context, request, {
    texts: 'nowhere',
    targetTitle: target.title,
    input: 'nothing',
    outputFilter: withoutCarriageReturns(createMarkedOutput(marks, false).filter),
    missingExitStatus: () => sessionFailures['command-cut-off'](),
  });
}
