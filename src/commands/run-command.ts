import { WriteStream } from 'node:tty';
import { CommanderError } from 'commander';
import { isPromptCancelled } from '../aws/credentials/sign-in/user-prompt.ts';
import { asError } from '../lib/errors/as-error.ts';
import { systemClock } from '../lib/clock.ts';
import type { OutputError } from '../lib/errors/output-error.ts';
import { SIGNAL_STATUS } from '../session/signal-status.ts';
import { makeTtyNonblocking } from '../terminal/nonblocking-tty.ts';
import { nextEnding, type CommandSignals } from '../cli/process/signals/command-signals.ts';
import { watchFatalErrors } from '../cli/process/fatal-errors.ts';
import type { EndingSignal } from '../cli/process/signals/process-signals.ts';
import { commandFirst } from '../cli/invocation/command-first.ts';
import { createProgram, parseArguments } from '../cli/framework/command-line.ts';
import { isPickerCancelled } from '../cli/prompt/list/picker-cancelled.ts';
import { EXIT_OWN_FAILURE } from '../cli/framework/failure.ts';
import { checkUtf8, readRawArguments } from '../cli/framework/non-utf8-arguments.ts';
import { COMMANDS } from './index.ts';
import { createProcessContext, type ProcessContext } from '../cli/framework/process-context.ts';

/** `--version --verbose`. */
export { describeBuild } from '../cli/about/describe-build.ts';

/** How long a stuck terminal may delay the exit after a signal. */
const COMMAND_EXIT_TIMEOUT_MS = 200;

/** How a command ended. */
type CommandEnd =
  | { readonly kind: 'done'; readonly status: number }
  | { readonly kind: 'signal'; readonly signal: EndingSignal }
  | { readonly kind: 'fatal-error'; readonly error: Error };

/**
 * Runs a command of the program.
 *
 * @param args - argv without program names; common options may come before the name of the command
 * @param version - four dotted numbers
 * @param signals - those of the process
 * @returns the exit status: the remote side's, 255 for a failure of the program, 130 after Ctrl-C
 */
export async function runCommand(
  args: readonly string[],
  version: string,
  signals: CommandSignals,
): Promise<number> {
  for (const stream of [process.stdout, process.stderr]) {
    // Where writes block, signals wait as well.
    if (stream instanceof WriteStream) makeTtyNonblocking(stream);
  }
  const fatalErrors = watchFatalErrors(process, systemClock);
  const running = createProcessContext(args, version, signals, fatalErrors);
  const end = await Promise.race([
    runToEnd(args, running),
    nextEnding(signals.own).then((signal) => ({ kind: 'signal', signal }) as const),
    fatalErrors.first.then((error) => ({ kind: 'fatal-error', error }) as const),
  ]);
  if (end.kind === 'done') return end.status;
  const interrupted = running.interrupt(nextEnding(signals.own));
  if (end.kind === 'signal') {
    await interrupted;
    return SIGNAL_STATUS[end.signal];
  }
  await Promise.all([interrupted, fatalErrors.handled]);
  running.context.output.reportError(end.error);
  return EXIT_OWN_FAILURE;
}

async function runToEnd(args: readonly string[], running: ProcessContext): Promise<CommandEnd> {
  const { sessions } = running.context;
  let status: number;
  let cleaned: Promise<unknown> | undefined;
  try {
    const line = commandFirst(args);
    if (!COMMANDS.some(({ name, takesBytes }) => name === line[0] && takesBytes === true)) {
      checkUtf8(args, () => readRawArguments(process.platform));
    }
    const program = await createProgram(COMMANDS, line, running);
    await parseArguments(program, line);
    status = running.exitStatus();
  } catch (error) {
    status = explain(error, running);
    // Other sessions may still run, as with several forwarded ports.
    cleaned = sessions.fatalErrors.cleanUp(asError(error));
  }
  // Also after an ordinary end: the command may have stopped sessions that were still being started.
  await Promise.all([cleaned, sessions.guard.terminateAll()]);
  const lost = await printed(running);
  if (lost === undefined) return { kind: 'done', status };
  // A session has already reported it, with this status.
  if (status !== EXIT_OWN_FAILURE) running.context.output.reportError(lost);
  await printed(running);
  return { kind: 'done', status: EXIT_OWN_FAILURE };
}

/**
 * Waits for the readers of stdout and stderr; after a signal with a time limit, because they may be stuck.
 */
function printed(running: ProcessContext): Promise<OutputError | undefined> {
  const { clock, sessions } = running.context;
  const limit = sessions.signals.received.then(
    () =>
      new Promise<undefined>((resolve) => {
        clock.after(COMMAND_EXIT_TIMEOUT_MS, () => resolve(undefined));
      }),
  );
  return Promise.race([running.written(), limit]);
}

function explain(error: unknown, { context }: ProcessContext): number {
  // The signal has ended the command: nothing more is written.
  if (context.interrupted.aborted) return EXIT_OWN_FAILURE;
  if (isPickerCancelled(error) || isPromptCancelled(error)) return SIGNAL_STATUS.SIGINT;
  // The help was shown.
  if (error instanceof CommanderError && error.exitCode === 0) return 0;
  context.output.reportError(error);
  return EXIT_OWN_FAILURE;
}
