/** Lets tests wait for a state to be reached instead of for time to pass. */
export interface Conditions {
  /**
   * Resolves as soon as `condition` holds, which is asked now and after every {@link changed}.
   * Rejects when {@link close} comes first.
   *
   * @param what - names the state in the rejection
   */
  until(what: string, condition: () => boolean): Promise<void>;
  /** Something may have changed. Costs nothing while no caller waits. */
  changed(): void;
  /** No further change will come. */
  close(): void;
}

interface Waiter {
  readonly what: string;
  readonly condition: () => boolean;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** Creates {@link Conditions} without a waiting caller. */
export function createConditions(): Conditions {
  let waiters: readonly Waiter[] = [];
  let closed = false;
  const failure = (what: string): Error =>
    new Error(`the session is closed and this never came: ${what}`);
  return {
    until(what, condition) {
      if (condition()) return Promise.resolve();
      if (closed) return Promise.reject(failure(what));
      return new Promise((resolve, reject) => {
        waiters = [...waiters, { what, condition, resolve, reject }];
      });
    },
    changed() {
      if (waiters.length === 0) return;
      const reached = waiters.filter((waiter) => waiter.condition());
      if (reached.length === 0) return;
      waiters = waiters.filter((waiter) => !reached.includes(waiter));
      for (const waiter of reached) waiter.resolve();
    },
    close() {
      closed = true;
      const left = waiters;
      waiters = [];
      for (const waiter of left) {
        if (waiter.condition()) waiter.resolve();
        else waiter.reject(failure(waiter.what));
      }
    },
  };
}
