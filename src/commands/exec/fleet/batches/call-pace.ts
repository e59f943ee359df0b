import type { Clock } from '../../../../lib/clock.ts';

/** Lets calls begin one after the other, with at least this time between them. */
export interface CallPace {
  /** Resolves when the next call may begin. */
  next(): Promise<void>;
}

/** @param gapMs - milliseconds from the begin of a call to that of the next one */
export function createCallPace(clock: Clock, gapMs: number): CallPace {
  let freeAt = -Infinity;
  return {
    next() {
      const now = clock.monotonic();
      const at = Math.max(now, freeAt);
      freeAt = at + gapMs;
      if (at === now) return Promise.resolve();
      return new Promise((resolve) => {
        clock.after(at - now, resolve);
      });
    },
  };
}
