import type { Clock, Timer } from '../../lib/clock.ts';

/**
 * The least a pause lasts: a person does not notice it, and a held key or a busy local connection
 * makes no storm of calls.
 */
const MIN_PAUSE_MS = 1_000;

/** The pause before the next attempt to connect. */
export interface RetryPause {
  /** Resolves after so many milliseconds, or earlier because of {@link hurry}; never once cancelled. */
  wait(delayMs: number): Promise<void>;
  /** Something waits for the connection: a pause of more than a second ends once that has passed. */
  retrySoon(): void;
  cancel(): void;
}

interface Running {
  /** Monotonic milliseconds before which it cannot be hurried to end. */
  readonly notBefore: number;
  readonly due: number;
  readonly timer: Timer;
  readonly finish: () => void;
}

/** A pause that has not begun. */
export function createRetryPause(clock: Clock): RetryPause {
  let running: Running | undefined;

  return {
    wait: (delayMs) =>
      new Promise((resolve) => {
        const now = clock.monotonic();
        const finish = (): void => {
          running = undefined;
          resolve();
        };
        running = {
          notBefore: now + MIN_PAUSE_MS,
          due: now + delayMs,
          timer: clock.after(delayMs, finish),
          finish,
        };
      }),
    retrySoon() {
      if (running === undefined || running.due <= running.notBefore) return;
      const { notBefore, finish } = running;
      running.timer.cancel();
      const rest = Math.max(0, notBefore - clock.monotonic());
      running = { notBefore, due: notBefore, timer: clock.after(rest, finish), finish };
    },
    cancel() {
      running?.timer.cancel();
      running = undefined;
    },
  };
}
