import { asError } from '../../lib/errors/as-error.ts';
import type { Clock } from '../../lib/clock.ts';
import { createDeferred } from '../../lib/deferred.ts';
import { withTimeout } from '../../lib/with-timeout.ts';

/** The process, as far as uncaught exceptions are concerned. */
export interface FatalErrorSource {
  on(event: 'uncaughtException', listener: (error: unknown) => void): unknown;
}

/** The cleanup after a fatal error, before the program exits. It exits even if this rejects. */
export type Cleanup = (error: Error) => Promise<unknown>;

/** Fatal errors of the program: uncaught exceptions, after which it must exit. */
export interface FatalErrors {
  /** Resolves with the first. */
  readonly first: Promise<Error>;
  /** Calls back at the first fatal error, until the returned function is called. */
  readonly onFatalError: (cleanup: Cleanup) => () => void;
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
  const { promise: again, resolve: resolveAgain } = createDeferred<undefined>();
  const { promise: handled, resolve: resolveHandled } = createDeferred<undefined>();
  const cleanups = new Set<Cleanup>();
  let isFirst = true;
  const cleanUp = async (error: Error): Promise<void> => {
    const running = [...cleanups];
    cleanups.clear();
    const work: Promise<unknown> = Promise.race<unknown>([
      Promise.allSettled(running.map(async (cleanup) => cleanup(error))),
      again,
    ]);
    await withTimeout(clock, CLEANUP_TIMEOUT_MS, work, () => undefined);
  };
  source.on('uncaughtException', (thrown) => {
    if (!isFirst) {
      resolveAgain(undefined);
      return;
    }
    isFirst = false;
    const error = asError(thrown);
    happened(error);
    void cleanUp(error).then(() => resolveHandled(undefined));
  });
  return {
    first,
    onFatalError(cleanup) {
      cleanups.add(cleanup);
      return () => void cleanups.delete(cleanup);
    },
    cleanUp,
    handled,
  };
}
