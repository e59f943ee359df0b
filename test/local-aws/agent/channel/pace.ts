import type { Clock, Timer } from '../../../../src/lib/clock.ts';

/** The agent sleeps this long after each read of a terminal or port (docs/design/agent.md#throughput). */
const PAUSE_MS = 1;
/** What such a read of 1024 bytes takes with its pause: 0.58 MB/s were measured (docs/design/agent.md#throughput). */
export const READ_PERIOD_MS = 1.76;
/** How far the pace may be made up for after the system's timers were late. */
export const MAX_CATCH_UP_MS = 20;

/** The agent's pauses between reads. */
export interface Pace {
  /** Whether the next read has to wait; then `due` is called when it need not any more. */
  isTooEarly(): boolean;
  cancel(): void;
}

/** @param due - reads again */
export function createPace(clock: Clock, due: () => void): Pace {
  let nextAt = 0;
  let timer: Timer | undefined;
  return {
    isTooEarly() {
      const now = clock.monotonic();
      if (now < nextAt) {
        timer ??= clock.after(PAUSE_MS, () => {
          timer = undefined;
          due();
        });
        return true;
      }
      nextAt = Math.max(nextAt, now - MAX_CATCH_UP_MS) + READ_PERIOD_MS;
      return false;
    },
    cancel: () => timer?.cancel(),
  };
}
