import type { Clock, Timer } from '../../../lib/clock.ts';
import type { SessionLink } from '../../session-type.ts';

/** Waits for a time in which nothing was heard. */
export interface IdleTimer {
  /** Something was heard: the time starts anew. */
  received(): void;
  cancel(): void;
}

/**
 * Calls back once when nothing was heard for a whole period.
 *
 * @param period - milliseconds
 * @param excusedUntil - asked at the end of a period: the monotonic time up to which nothing could
 *   be heard, see {@link isIdleExcused}
 */
export function startIdleTimer(
  clock: Clock,
  period: number,
  excusedUntil: () => number,
  onIdle: () => void,
): IdleTimer {
  let since = clock.monotonic();
  let timer: Timer;
  const check = (): void => {
    const now = clock.monotonic();
    since = Math.max(since, excusedUntil());
    const rest = since + period - now;
    if (rest <= 0) onIdle();
    else timer = clock.after(rest, check);
  };
  timer = clock.after(period, check);
  return {
    // Called for every payload: the timer itself stays and looks at the time when it fires.
    received() {
      since = clock.monotonic();
    },
    cancel: () => timer.cancel(),
  };
}

/**
 * The monotonic time up to which silence says nothing: now, while no connection is read or what was
 * heard is still under way to the local side, else when reading began.
 */
export function isIdleExcused(
  clock: Clock,
  link: Pick<SessionLink, 'receivingSince'>,
  isBusy: () => boolean,
): () => number {
  return () => (isBusy() ? undefined : link.receivingSince) ?? clock.monotonic();
}
