import { EXIT_OWN_FAILURE } from '../../cli/framework/failure.ts';
import { nextEnding, type AcquiredSignals } from '../../cli/process/signals/command-signals.ts';
import { bufferUntilHandled } from '../../cli/process/signals/process-signals.ts';
import { createRemote } from '../../cli/remote/remote.ts';
import { sessionFailures } from '../../failures/session.ts';
import { SessionError } from '../../lib/errors/session-error.ts';
import { SIGNAL_STATUS } from '../../session/signal-status.ts';
import type { ExecRun } from './exec-run.ts';
import { startInputSession, type InputSession } from './input/input-session.ts';
import { runWithoutTerminal } from './run-without-terminal.ts';

/**
 * Runs a command without a terminal that reads this program's stdin, to its end and unchanged. Without a terminal the
 * agent gives a command no input: a second session carries it to a FIFO that the command reads.
 *
 * @returns the exit status
 * @throws AwsError, CommandError or SessionError when the input cannot be carried
 */
export async function runWithInput(run: ExecRun): Promise<number> {
  const { context } = run.remote;
  const acquired = context.sessions.signals.acquire();
  const stopped = new AbortController();
  try {
    const starting = startInputSession(
      createRemote({ ...run.remote, stopped: stopped.signal }),
      context.terminal.input,
    );
    const first = await Promise.race([
      starting,
      nextEnding(acquired.signals, context.sessions.signals.hangUpEnds),
    ]);
    if (typeof first === 'string') {
      stopped.abort();
      await Promise.race([starting, nextEnding(acquired.signals)]);
      return SIGNAL_STATUS[first];
    }
    acquired.signals.buffer();
    return first === undefined ? EXIT_OWN_FAILURE : await runFed(run, first, acquired);
  } finally {
    acquired.release();
  }
}

async function runFed(
  run: ExecRun,
  input: InputSession,
  acquired: AcquiredSignals,
): Promise<number> {
  let failure: Error | undefined;
  try {
    const end = await runWithoutTerminal(run, {
      fifo: input.fifo,
      acquired: withEnd(acquired, input.failed, (error) => {
        failure = error;
      }),
    });
    if (failure !== undefined) throw failure;
    return end.isReported ? await statusWithInput(run, input, end.status) : end.status;
  } finally {
    await input.stop();
  }
}

/**
 * The status of a command, once it is certain that its input was not cut off. The two sessions have sockets of their own:
 * the end of the command may come before that of its input.
 *
 * @throws CommandError or SessionError when it was
 */
async function statusWithInput(
  { remote: { context } }: ExecRun,
  input: InputSession,
  status: number,
): Promise<number> {
  const { signals, release } = context.sessions.signals.acquireEndings();
  try {
    const first = await Promise.race([
      input.finish(),
      nextEnding(signals, context.sessions.signals.hangUpEnds),
    ]);
    if (first instanceof Error) throw first;
    if (first === 'whole') return status;
    if (first !== 'unknown') return SIGNAL_STATUS[first];
  } finally {
    release();
  }
  // Without the input the command may have failed for this reason, and has not succeeded for certain.
  if (status !== 0) return status;
  throw new SessionError(sessionFailures['input-cut-off']());
}

/** The same signals, and one that ends the command when its input is lost: it must not take a part for the whole. */
function withEnd(
  { signals, release }: AcquiredSignals,
  failed: Promise<Error>,
  onFailure: (error: Error) => void,
): AcquiredSignals {
  return {
    signals: bufferUntilHandled((handler) => {
      const stop = signals.onSignal(handler);
      void failed.then((error) => {
        onFailure(error);
        handler('SIGTERM');
      });
      return stop;
    }),
    release,
  };
}
