import type { CommandContext } from '../../cli/framework/command-context.ts';
import { EXIT_OWN_FAILURE } from '../../cli/framework/failure.ts';
import { nextEnding } from '../../cli/process/signals/command-signals.ts';
import { SIGNAL_STATUS } from '../../session/signal-status.ts';

/** What a run of `cp` needs of its context. */
export type SignalContext = Pick<CommandContext, 'sessions' | 'waits'> & {
  readonly output: { readonly status: Pick<CommandContext['output']['status'], 'interrupt'> };
};

/**
 * Runs a copy until it ends, or a signal or a fatal error ends it. It then removes what it has left on both sides; a
 * second signal ends that, too.
 *
 * @param copy - returns whether all was copied. Gets a signal that is aborted when it must end
 * @returns the exit status
 */
export async function runUntilSignal(
  { sessions, waits, output }: SignalContext,
  copy: (stopped: AbortSignal) => Promise<boolean>,
): Promise<number> {
  const { signals, release } = sessions.signals.acquireEndings();
  const { hangUpEnds } = sessions.signals;
  const stop = new AbortController();
  const ending = nextEnding(signals, hangUpEnds);
  const work = copy(stop.signal);
  const settled = work.then(
    () => undefined,
    () => undefined,
  );
  const forgetFatalErrors = sessions.fatalErrors.onFatalError(async () => {
    stop.abort();
    await settled;
  });
  try {
    const first = await Promise.race([work, ending]);
    if (typeof first === 'boolean') return first ? 0 : EXIT_OWN_FAILURE;
    stop.abort();
    waits.abandon();
    output.status.interrupt();
    await Promise.race([settled, nextEnding(signals)]);
    return SIGNAL_STATUS[first];
  } finally {
    forgetFatalErrors();
    release();
  }
}
