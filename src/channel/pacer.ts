import type { Clock, Timer } from '../lib/clock.ts';

/**
 * Seconds of unused rate that may be spent at once. Timers fire up to some milliseconds late: less
 * would lose rate, much more would let a burst exceed what the service accepts in one second.
 */
const BURST_SECONDS = 0.05;
const MS_PER_SECOND = 1000;

/** What a pacer works with. */
export interface PacerOptions {
  readonly clock: Clock;
  /** Messages each second; 0 means no limit. */
  readonly messagesPerSecond: number;
  /** The next message may be sent, after `admits()` was false. */
  readonly resume: () => void;
}

/** A token bucket that limits how many messages are sent each second. */
export interface Pacer {
  /** True when a message may be sent now. If not, `resume` is called when it may. */
  admits(): boolean;
  /** A message is sent, after `admits()` was true. */
  spend(): void;
  /** Stops the timer. */
  close(): void;
}

const UNLIMITED: Pacer = { admits: () => true, spend: () => undefined, close: () => undefined };

/**
 * The service closes sockets that send much more than 1000 messages a second. An exact bucket below
 * that is faster than any pause between messages (docs/design/protocol.md#window-and-rate).
 */
export function createPacer(options: PacerOptions): Pacer {
  const { clock, messagesPerSecond, resume } = options;
  if (messagesPerSecond === 0) return UNLIMITED;
  const perMs = messagesPerSecond / MS_PER_SECOND;
  const capacity = Math.max(1, messagesPerSecond * BURST_SECONDS);
  let tokens = capacity;
  let filledAt = clock.monotonic();
  let timer: Timer | undefined;

  return {
    admits() {
      const time = clock.monotonic();
      tokens = Math.min(capacity, tokens + (time - filledAt) * perMs);
      filledAt = time;
      if (tokens >= 1) return true;
      timer ??= clock.after(Math.max(1, (1 - tokens) / perMs), () => {
        timer = undefined;
        resume();
      });
      return false;
    },
    spend() {
      tokens -= 1;
    },
    close: () => timer?.cancel(),
  };
}
