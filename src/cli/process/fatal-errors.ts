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
  /**
   * Calls back with the first, at once if it has happened, until the returned function is called. What waits for `first`
   * itself is kept as long as the program runs.
   */
  readonly onFirst: (handler: (error: Error) => void) => () => void;
  /**
   * Calls back at the first fatal error, until the returned function is called. When the error has happened, it
   * calls back as soon as the caller is done.
   */
  readonly onFatalError: (cleanup: Cleanup) => () => void;
  /**
   * Runs the cleanups for another error that ends the command while sessions may still run. Resolves when
   * they are done, or on timeout. Never rejects.
   */
  readonly cleanUp: (error: Error) => Promise<void>;
  /** Resolves after a fatal error, when every cleanup that has begun is done, has failed or has timed out. */
  readonly handled: Promise<void>;
}

/** Longer than the longest time in which a session ends itself on the service. */
const CLEANUP_TIMEOUT_MS = 1_000;

/** Starts to catch exceptions that nothing else catches. */
export function watchFatalErrors(source: FatalErrorSource, clock: Clock): FatalErrors {
  const { promise: first, resolve: happened } = createDeferred<Error>();
  const { promise: again, resolve: resolveAgain } = createDeferred<undefined>();
  const { promise: handled, resolve: resolveHandled } = createDeferred<undefined>();
  const handlers = new Set<(error: Error) => void>();
  const cleanups = new Set<Cleanup>();
  const running = new Set<Promise<unknown>>();
  let fatalError: Error | undefined;
  const start = (cleanup: Cleanup, error: Error): void => {
    const call = async (): Promise<unknown> => cleanup(error);
    const work: Promise<unknown> = call()
      .catch(() => undefined)
      .finally(() => running.delete(work));
    running.add(work);
  };
  // Others may begin meanwhile.
  const end = async (): Promise<void> => {
    while (running.size > 0) await Promise.all(running);
  };
  const wait = (): Promise<void> => {
    const ended = Promise.race([end(), again]);
    return withTimeout(clock, CLEANUP_TIMEOUT_MS, ended, () => running.clear());
  };
  const cleanUp = async (error: Error): Promise<void> => {
    for (const cleanup of cleanups) start(cleanup, error);
    cleanups.clear();
    await wait();
  };
  source.on('uncaughtException', (thrown) => {
    if (fatalError !== undefined) {
      resolveAgain(undefined);
      return;
    }
    fatalError = asError(thrown);
    happened(fatalError);
    for (const handler of handlers) handler(fatalError);
    void cleanUp(fatalError).then(() => resolveHandled(undefined));
  });
  return {
    first,
    onFirst(handler) {
      if (fatalError !== undefined) handler(fatalError);
      handlers.add(handler);
      return () => void handlers.delete(handler);
    },
    onFatalError(cleanup) {
      if (fatalError !== undefined) {
        // The caller may still be in the making.
        start((error) => Promise.resolve().then(() => cleanup(error)), fatalError);
        return () => undefined;
      }
      cleanups.add(cleanup);
      return () => void cleanups.delete(cleanup);
    },
    cleanUp,
    get handled() {
      return handled.then(() => (running.size === 0 ? undefined : wait()));
    },
  };
}
