import { asError } from '../../lib/as-error.ts';
import type { Clock } from '../../lib/clock.ts';
import { createDeferred } from '../../lib/deferred.ts';
import { withTimeout } from '../../lib/with-timeout.ts';

/** The process, as far as uncaught exceptions are concerned. */
export interface FatalErrorSource {
  on(event: 'uncaughtException', listener: (error: unknown) => void): unknown;
}

/** The cleanup after a fatal error, before the program exits. It exits even if this rejects. */
export type LastCall = (error: Error) => Promise<unknown>;

/** Fatal errors of the program: uncaught exceptions, after which it must exit. */
export interface FatalErrors {
  /** Resolves with the first. */
  readonly first: Promise<Error>;
  /** Calls back at the first, until the returned function is called. */
  readonly onFatalError: (lastCall: LastCall) => () => void;
  /**
   * Runs the cleanups for another error that ends the command while sessions may still run. Resolves when
   * they are done, or on timeout. Never rejects.
   */
  readonly cleanUp: (error: Error) => Promise<void>;
  /** Resolves after a fatal error, when every cleanup is done, has failed or has timed out. */
  readonly handled: Promise<void>;
}

/** Longer than the longest time in which a session ends itself on the service. */
const CLEANUP_TIMEOUT_MS = 1_000;

/** Starts to catch exceptions that nothing else catches. */
export function watchFatalErrors(source: FatalErrorSource, clock: Clock): FatalErrors {
  const { promise: first, resolve: happened } = createDeferred<Error>();
  const { promise: again, resolve: happenedAgain } = createDeferred<undefined>();
  const { promise: handled, resolve: deal } = createDeferred<undefined>();
  const lastCalls = new Set<LastCall>();
  let isFirst = true;
  const cleanUp = async (error: Error): Promise<void> => {
    const calls = [...lastCalls];
    lastCalls.clear();
    const work: Promise<unknown> = Promise.race<unknown>([
      Promise.allSettled(calls.map(async (lastCall) => lastCall(error))),
      again,
    ]);
    await withTimeout(clock, CLEANUP_TIMEOUT_MS, work, () => undefined);
  };
  source.on('uncaughtException', (thrown) => {
    if (!isFirst) {
      happenedAgain(undefined);
      return;
    }
    isFirst = false;
    const error = asError(thrown);
    happened(error);
    void cleanUp(error).then(() => deal(undefined));
  });
  return {
    first,
    onFatalError(lastCall) {
      lastCalls.add(lastCall);
      return () => void lastCalls.delete(lastCall);
    },
    cleanUp,
    handled,
  };
}
