import type { Clock, Timer } from '../../../lib/clock.ts';
import type { SessionLink } from '../../session-type.ts';

/** Waits for a period in which nothing is received. */
export interface IdleTimer {
  /** Something was received: the period starts anew. */
  received(): void;
  cancel(): void;
}

/**
 * Calls back once when nothing was received for a whole period.
 *
 * @param period - milliseconds
 * @param countsFrom - called at the end of a period: the monotonic time before which nothing could be
 *   received, see {@link idleCountsFrom}
 */
export function startIdleTimer(
  clock: Clock,
  period: number,
  countsFrom: () => number,
  onIdle: () => void,
): IdleTimer {
  let since = clock.monotonic();
  let timer: Timer;
  const check = (): void => {
    const now = clock.monotonic();
    since = Math.max(since, countsFrom());
    const rest = since + period - now;
    if (rest <= 0) onIdle();
    else timer = clock.after(rest, check);
  };
  timer = clock.after(period, check);
  return {
    // Called for every payload: the timer stays, and checks the time when it fires.
    received() {
      since = clock.monotonic();
    },
    cancel: () => timer.cancel(),
  };
}

/**
 * The monotonic time from which idle time counts: when reading from the service began. While nothing is read,
 * or received bytes still wait for the local side, it is the current time.
 */
export function idleCountsFrom(
  clock: Clock,
  link: Pick<SessionLink, 'receivingSince'>,
  isBusy: () => boolean,
): () => number {
  return () => (isBusy() ? undefined : link.receivingSince) ?? clock.monotonic();
}
