import type { Clock, Timer } from '../../../lib/clock.ts';
import type { ReceiveBudget } from './receive-budget.ts';

/**
 * At the end of a session local programs get what came for them as long as they go on reading; after
 * so many milliseconds in which none of them took a byte they are left.
 */
export const DELIVERY_STALL_MS = 2_000;

/** Waits for local readers at the end of a session. */
export interface Delivery {
  /** Resolves when nothing is held any more, nobody reads, or `cancel()` was called. */
  finished(): Promise<void>;
  cancel(): void;
}

/** A delivery of everything in the account. */
export function createDelivery(account: ReceiveBudget, clock: Clock): Delivery {
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
            if (account.total === before) end();
            else watch(account.total);
          });
        };
        watch(account.total);
        account.whenNone(end);
      }),
    cancel: end,
  };
}
