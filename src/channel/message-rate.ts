/**
 * Seconds of unused rate that may be spent at once. Timers fire up to some milliseconds late; less
 * would lose rate, much more would let a burst past what the service bears in one second.
 */
const BURST_SECONDS = 0.05;
const MS_PER_SECOND = 1000;

/** A token bucket that bounds how many messages go out each second. */
export interface MessageRate {
  /** Milliseconds until a message may go out; 0 when it may now. */
  delay(): number;
  /** A message goes out, after `delay()` was 0. */
  spend(): void;
}

const UNLIMITED: MessageRate = { delay: () => 0, spend: () => undefined };

/**
 * The service cuts sockets that send much more than 1000 messages a second; an exact bucket below
 * that is faster than any pause between messages (docs/design/protocol.md#window-and-rate).
 *
 * @param perSecond - messages each second; 0 means no limit
 * @param now - a monotonic clock, milliseconds
 */
export function createMessageRate(perSecond: number, now: () => number): MessageRate {
  if (perSecond === 0) return UNLIMITED;
  const perMs = perSecond / MS_PER_SECOND;
  const capacity = Math.max(1, perSecond * BURST_SECONDS);
  let tokens = capacity;
  let filledAt = now();

  return {
    delay() {
      const time = now();
      tokens = Math.min(capacity, tokens + (time - filledAt) * perMs);
      filledAt = time;
      return tokens >= 1 ? 0 : (1 - tokens) / perMs;
    },
    spend() {
      tokens -= 1;
    },
  };
}
