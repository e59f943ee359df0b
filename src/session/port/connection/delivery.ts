import type { Clock, Timer } from '../../../lib/clock.ts';
import type { ReceiveBudget } from './receive-budget.ts';

/**
 * At the end of a session local programs receive the bytes that are buffered for them, as long as they read.
 * After this many milliseconds in which none of them has read a byte, the session stops waiting.
 */
export const DELIVERY_STALL_MS = 2_000;

/** Waits for local readers at the end of a session. */
export interface Delivery {
  /** Resolves when nothing is buffered any more, no program reads, or `cancel()` was called. */
  finished(): Promise<void>;
  cancel(): void;
}

/** A delivery of everything that the budget counts. */
export function createDelivery(budget: ReceiveBudget, clock: Clock): Delivery {
  let timer: Timer | undefined;
  let settle: (() => void) | undefined;
  const end = (): void => {
    timer?.cancel();
    settle?.();
  };
  return {
    finished: () =>
      new Promise((resolve) => {
        settle = resolve;
        const watch = (before: number): void => {
          timer = clock.after(DELIVERY_STALL_MS, () => {
            if (budget.used === before) end();
            else watch(budget.used);
          });
        };
        watch(budget.used);
        budget.whenEmpty(end);
      }),
    cancel: end,
  };
}
