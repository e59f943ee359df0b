import { createDeferred } from '../../../../src/lib/deferred.ts';

/** An operation that is not answered. */
export interface PausedOperation {
  /** Resolves when it has been called. */
  readonly called: Promise<void>;
  /** Answers the calls that wait, and those that follow at once. */
  release(): void;
}

/** The operations of an API that are not answered for the moment. */
export interface PausedOperations {
  /** @param after - this many calls are answered before */
  pause(operation: string, after: number): PausedOperation;
  /** A call has come; resolves when it may be answered. */
  mayAnswer(operation: string): Promise<void>;
}

interface Pause extends PausedOperation {
  readonly wait: () => Promise<void>;
}

/** Pauses nothing at first. */
export function createPausedOperations(): PausedOperations {
  const pauses = new Map<string, Pause>();
  return {
    async mayAnswer(operation) {
      await pauses.get(operation)?.wait();
    },
    pause(operation, after) {
      let answered = 0;
      const called = createDeferred<undefined>();
      const released = createDeferred<undefined>();
      const pause: Pause = {
        called: called.promise,
        async wait() {
          if (answered++ < after) return;
          called.resolve(undefined);
          await released.promise;
        },
        release() {
          pauses.delete(operation);
          released.resolve(undefined);
        },
      };
      pauses.set(operation, pause);
      return pause;
    },
  };
}
