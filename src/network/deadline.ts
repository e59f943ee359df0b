import type { Clock } from '../lib/clock.ts';

/** A time limit for work that may have several steps. */
export interface Deadline {
  /** Aborted when the time is up. */
  readonly signal: AbortSignal;
  /** Ends the time limit: the signal is not aborted afterwards. */
  clear(): void;
}

/** @param milliseconds - from now until the signal is aborted */
export function createDeadline(clock: Clock, milliseconds: number): Deadline {
  const controller = new AbortController();
  const timer = clock.after(milliseconds, () => controller.abort());
  return { signal: controller.signal, clear: () => timer.cancel() };
}
