import type { Clock, Timer } from '../../lib/clock.ts';

/**
 * The shortest pause. A person does not notice it, and it keeps a held key or a busy local connection
 * from causing a storm of calls.
 */
const MIN_PAUSE_MS = 1_000;

/** The pause before the next attempt to connect. */
export interface RetryPause {
  /** Resolves after this many milliseconds, or earlier because of `retrySoon`; never after `cancel`. */
  wait(delayMs: number): Promise<void>;
  /** Something waits for the connection: a pause longer than a second ends after one second. */
  retrySoon(): void;
  cancel(): void;
}

interface Running {
  /** Monotonic milliseconds before which `retrySoon` cannot end it. */
  readonly notBefore: number;
  readonly due: number;
  readonly timer: Timer;
  readonly finish: () => void;
}

/** Creates a pause that has not begun. */
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
