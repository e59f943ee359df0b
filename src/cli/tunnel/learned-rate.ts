import type { Clock } from '../../lib/clock.ts';

/** How many messages a second a connection to the service is reported to carry. With fewer, another cause has cut it. */
const REPORTED_MESSAGES_PER_SECOND = 1000;
/** Part of that limit, or of a lower rate, that must have arrived here: messages in flight at the cut are not counted. */
const SEEN_SHARE = 0.8;
/** The next rate, as a part of the one at which a connection was cut: low enough, whatever the service counts. */
const SLOWER = 1 / 2;
/** How long the rate stays lower after the first cut, in milliseconds: the network may have caused the cut by chance. */
const RATE_KEPT_MS = 60_000;
/** Each further cut multiplies that time by this: the limit seems to be permanent, and a cut resets connections. */
const KEPT_LONGER = 2;
/** The factor by which the rate is raised each time it was kept so long. */
const FASTER = 1.25;

/** The rate of messages that the service lets a session carry, as learned from the cuts of a run. */
export interface LearnedRate {
  /** Messages a second for each session; infinite until a session has been cut. */
  messagesPerSecond(): number;
  /**
   * A session has lost its connection.
   *
   * @param carried - messages in the busiest second just before
   * @returns whether it was cut because of that number; the rate is then lower
   */
  cut(carried: number): boolean;
}

/** A rate that is infinite at first. */
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
