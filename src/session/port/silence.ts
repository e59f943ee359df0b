import type { Clock, Timer } from '../../clock.ts';

/** Waits for a time in which nothing was heard. */
export interface SilenceWatch {
  /** Something was heard: the time starts anew. */
  heard(): void;
  cancel(): void;
}

/**
 * Calls back once when nothing was heard for a whole period.
 *
 * @param period - milliseconds
 * @param isExcused - asked at the end of a period: true when nothing could be heard, or what was
 *   heard is still under way, so that the time starts anew
 */
export function watchSilence(
  clock: Clock,
  period: number,
  isExcused: () => boolean,
  onSilence: () => void,
): SilenceWatch {
  let since = clock.monotonic();
  let timer: Timer;
  const check = (): void => {
    const now = clock.monotonic();
    if (isExcused()) since = now;
    const rest = since + period - now;
    if (rest <= 0) onSilence();
    else timer = clock.after(rest, check);
  };
  timer = clock.after(period, check);
  return {
    // Called for every payload: the timer itself stays and looks at the time when it fires.
    heard() {
      since = clock.monotonic();
    },
    cancel: () => timer.cancel(),
  };
}
