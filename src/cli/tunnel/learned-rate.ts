import type { Clock } from '../../lib/clock.ts';

/** What a socket of the service may carry, as is reported. One that is lost with fewer messages was not cut for them. */
const REPORTED_MESSAGES_PER_SECOND = 1000;
/** Part of it, or of a lower rate, that must have been seen here: what was on its way at the cut is lost. */
const SEEN_SHARE = 0.8;
/** Part of the rate at which a connection was cut that is tried next: below it, whatever the service counts. */
const SLOWER = 1 / 2;
/** How long a rate is kept after the first cut, in milliseconds: it may have been the network by chance. */
const RATE_KEPT_MS = 60_000;
/** After each further cut it is kept this many times as long: the limit seems to stay, and a cut resets connections. */
const KEPT_LONGER = 2;
/** How much faster is tried after that. */
const FASTER = 1.25;

/** What was learned in a run about the messages that the service lets a session carry. */
export interface LearnedRate {
  /** Messages a second for each session; infinite until one was cut. */
  messagesPerSecond(): number;
  /**
   * A session has lost its connection.
   *
   * @param carried - messages in the busiest second just before
   * @returns whether it was cut for their number, so that the rate is lower now
   */
  cut(carried: number): boolean;
}

/** Knows nothing at first. */
export function createLearnedRate(clock: Clock): LearnedRate {
  let rate = Infinity;
  let cutAt = 0;
  let keptMs = RATE_KEPT_MS / KEPT_LONGER;
  const current = (): number => rate * FASTER ** Math.floor((clock.monotonic() - cutAt) / keptMs);
  return {
    messagesPerSecond: current,
    cut(carried) {
      const limit = Math.min(REPORTED_MESSAGES_PER_SECOND, current());
      if (carried < limit * SEEN_SHARE) return false;
      rate = Math.min(current(), carried * SLOWER);
      cutAt = clock.monotonic();
      keptMs *= KEPT_LONGER;
      return true;
    },
  };
}
