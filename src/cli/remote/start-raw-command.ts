import type { Readable, Writable } from 'node:stream';
import { commandFailures } from '../../failures/commands.ts';
import { createDeferred } from '../../lib/deferred.ts';
import { CommandError } from '../framework/command-context.ts';
import { createMarkedOutput, createMarks, type Marks } from './marks.ts';
import type { Remote, RemoteCommand, RemoteEnd } from './remote.ts';
import { wrapInteractive } from './remote-shell.ts';
import { runRemote } from './run-remote.ts';
import { failedCommand } from './start-command.ts';

/** Runs a command in a terminal of the target. */
export const INTERACTIVE_DOCUMENT = 'AWS-StartInteractiveCommand';

/** What a raw command reads and writes. */
export interface RawStreams {
  /** Is sent byte for byte once the terminal is raw. Its end is not sent. */
  readonly input: Readable;
  /** Takes what the script prints to stdout and stderr. It is not ended. */
  readonly output: Writable;
}

/**
 * Runs a script on a terminal of the target that is made raw first: its input arrives byte for byte. Its output is text:
 * of bytes that are not UTF-8 some are lost (docs/design/agent.md#separate-output).
 *
 * The script runs in a child of the session's first process. When the session ends, the agent kills only that one, and
 * the terminal hangs up: a script that owns something on the target removes it in a trap of HUP.
 *
 * Resolves when the terminal is raw, or when the command has ended before that. A failure is the end of the
 * command.
 */
export async function startRawCommand(
  remote: Remote,
  script: string,
  { input, output }: RawStreams,
): Promise<RemoteCommand> {
  let text: string;
  const marks = createMarks(remote.context.random.fill);
  try {
    text = wrapInteractive(rawScript(script, marks), remote.target.id);
  } catch (error) {
    return failedCommand(error);
  }
  const ready = createDeferred<undefined>();
  const marked = createMarkedOutput(marks, true, () => ready.resolve(undefined));
  const command = runRemote(remote, {
    request: { documentName: INTERACTIVE_DOCUMENT, parameters: { command: [text] } },
    input: { stream: input, after: ready.promise },
    stdout: output,
    stderr: output,
    outputFilter: marked.filter,
  });
  // Without the ready mark the terminal could not be made raw, and the script did not run.
  const ended = command.ended.then((end): RemoteEnd =>
    end.kind === 'exited' && !marked.isReady
      ? { kind: 'lost', error: new CommandError(commandFailures['terminal-not-raw']()) }
      : end,
  );
  await Promise.race([ready.promise, ended]);
  return {
    ended,
    get connectedSince() {
      return command.connectedSince;
    },
    stop: () => command.stop(),
  };
}

/** @param script - runs with the terminal as its stdin */
function rawScript(script: string, { printReady, printEnd }: Marks): string {
  return [
    'if stty raw -echo',
    `then ${printReady}`,
    `(\n${script}\n)`,
    'fi',
    printEnd('"$?"'),
  ].join('\n');
}
