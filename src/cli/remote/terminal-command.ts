import type { SessionRequest } from '../../aws/aws.ts';
import { sessionFailures } from '../../failures/session.ts';
import type { TerminalSize } from '../../protocol/terminal-size.ts';
import type { CommandContext } from '../framework/command-context.ts';
import type { CommandSession } from '../run/open-session.ts';
import type { ResolvedTarget } from '../target/resolve-target.ts';
import { createMarkedOutput, createMarks, type Marks } from './marks.ts';
import { wrapInteractive } from './remote-shell.ts';
import { INTERACTIVE_DOCUMENT } from './start-raw-command.ts';

/** A command for a terminal of a target. */
export interface TerminalCommand {
  readonly target: ResolvedTarget;
  /** Lines for a POSIX shell there. */
  readonly words: string;
  /** Note for the session history; undefined for none. */
  readonly reason: string | undefined;
}

/** What `openSession` runs the command with. */
export interface TerminalSession {
  readonly request: SessionRequest;
  readonly session: Pick<
    CommandSession,
    'targetTitle' | 'input' | 'outputFilter' | 'missingExitStatus'
  >;
}

/**
 * Runs a command on a terminal of the target, as `ssh -t` does. The agent reports no status of such a command: a shell
 * around it prints it after a random mark, and survives the keys that interrupt the command.
 *
 * @throws CommandError when the command is too long
 */
export function terminalCommand(
  { random, terminal }: Pick<CommandContext, 'random' | 'terminal'>,
  { target, words, reason }: TerminalCommand,
): TerminalSession {
  const marks = createMarks(random.fill);
  const script = terminalScript(words, marks, terminal.window.size());
  return {
    request: interactiveRequest(target, wrapInteractive(script, target.id), reason),
    session: {
      targetTitle: target.title,
      input: terminal.stdin ? 'keys' : 'nothing',
      outputFilter: createMarkedOutput(marks, false).filter,
      missingExitStatus: () => sessionFailures['command-cut-off'](),
    },
  };
}

/** A request for a command in a terminal of the target: that of ECS for a container that was named as `ecs://…`. */
export function interactiveRequest(
  { id, container }: ResolvedTarget,
  command: string,
  reason: string | undefined,
): SessionRequest {
  return {
    target: id,
    documentName: INTERACTIVE_DOCUMENT,
    parameters: { command: [command] },
    ...(reason === undefined ? {} : { reason }),
    ...(container === undefined ? {} : { container }),
  };
}

/** The lines of a command, and those of the shell around it. */
export function terminalScript(
  words: string,
  { printEnd }: Pick<Marks, 'printEnd'>,
  size: TerminalSize | undefined,
): string {
  return ['trap : INT QUIT', ...sizeCommands(size), words, printEnd('"$?"')].join('\n');
}

/** The size that the session sends arrives when the command already runs: it may have read its own by then. */
function sizeCommands(size: TerminalSize | undefined): readonly string[] {
  if (size === undefined) return [];
  return [`stty rows ${size.rows} cols ${size.cols} 2>/dev/null`];
}
