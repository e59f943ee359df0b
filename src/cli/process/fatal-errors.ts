import { asError } from '../../lib/as-error.ts';
import type { Clock } from '../../lib/clock.ts';
import { createDeferred } from '../../lib/deferred.ts';
import { withTimeout } from '../../lib/with-timeout.ts';

/** The process, as far as exceptions are concerned that nobody catches. */
export interface FatalErrorSource {
  on(event: 'uncaughtException', listener: (error: unknown) => void): unknown;
}

/** What is done at a mistake before the program leaves. A rejection is no reason to stay. */
export type LastCall = (error: Error) => Promise<unknown>;

/** Mistakes of the program itself: exceptions that nobody has caught, after which it must leave. */
export interface FatalErrors {
  /** Resolves with the first. */
  readonly first: Promise<Error>;
  /** Calls back at the first, until the returned function is called. */
  readonly onFatalError: (lastCall: LastCall) => () => void;
  /**
   * Calls the last calls for an error that ends the command while sessions may still run, as at a
   * mistake. Resolves when they are done, or late. Never rejects.
   */
  readonly cleanUp: (error: Error) => Promise<void>;
  /** Resolves when there was a mistake and every last call is done, late, or mistaken as well. */
  readonly handled: Promise<void>;
}

/** Longer than a session takes at most to end itself on the service. */
const CLEANUP_TIMEOUT_MS = 1_000;

/** Starts catching what nobody else does. */
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
