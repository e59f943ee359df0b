import type { Clock, Timer } from '../../lib/clock.ts';
import type { CreditPace } from '../../relay/protocol/credit.ts';
import { MAX_CREDIT_BYTES } from '../../relay/protocol/frames.ts';
import type { LearnedRate } from './learned-rate.ts';

/** Bytes of one message of the agent (docs/design/agent.md#separate-output). */
const RELAY_MESSAGE_BYTES = 1024;
/** A line is base64, so this part of it is data. */
const DATA_SHARE = 3 / 4;
const MS_PER_SECOND = 1000;
/**
 * In milliseconds of the rate: how much may be in flight at once, and how much of a pause may be made up for. Both together are
 * a small part of the second that the service counts.
 */
const GRANT_BURST_MS = 100;
/** Received messages are counted for each quarter of a second. */
const PARTS_OF_SECOND = 4;
/** The parts that are kept: a loss may be noticed two seconds late, and the busiest second is before it. */
const COUNTED_PARTS = 3 * PARTS_OF_SECOND;

/** The pace of one tunnel: counts received messages, and grants credit at the learned rate. */
export interface TunnelPace extends CreditPace {
  /** Counts a line of the relay. Call it before the frames of the line are handled. */
  received(characters: number): void;
  /** A connection was lost. @returns whether the service disconnected it because it carried too many messages */
  disconnected(): boolean;
  /** How many messages the busiest of the last three seconds had. */
  carried(): number;
  stop(): void;
}

/** @param due - called when credit may be granted again, after `admits` has refused it */
export function createTunnelPace(clock: Clock, learned: LearnedRate, due: () => void): TunnelPace {
  const part = (): number => Math.floor((clock.monotonic() * PARTS_OF_SECOND) / MS_PER_SECOND);
  let counts = [...zeros(COUNTED_PARTS)];
  let counted = part();
  /** The time from which on the received messages are within the rate. */
  let freeAt = 0;
  let timer: Timer | undefined;

  const move = (): void => {
    const passed = part() - counted;
    counted += passed;
    if (passed === 0) return;
    counts = [...zeros(Math.min(passed, COUNTED_PARTS)), ...counts].slice(0, COUNTED_PARTS);
  };
  const carried = (): number => {
    move();
    const seconds = counts.map((_, at) => counts.slice(at, at + PARTS_OF_SECOND).reduce(sum));
    return Math.max(...seconds);
  };
  return {
    window() {
      const messages = (learned.messagesPerSecond() * GRANT_BURST_MS) / MS_PER_SECOND;
      return Math.min(MAX_CREDIT_BYTES, Math.floor(messages * RELAY_MESSAGE_BYTES * DATA_SHARE));
    },
    received(characters) {
      const messages = Math.ceil(characters / RELAY_MESSAGE_BYTES);
      move();
      counts[0] = (counts[0] ?? 0) + messages;
      const started = Math.max(freeAt, clock.monotonic() - GRANT_BURST_MS);
      freeAt = started + (messages * MS_PER_SECOND) / learned.messagesPerSecond();
    },
    admits() {
      const wait = freeAt - clock.monotonic();
      if (wait <= 0) return true;
      timer ??= clock.after(wait, () => {
        timer = undefined;
        due();
      });
      return false;
    },
    disconnected: () => learned.cut(carried()),
    carried,
    stop: () => timer?.cancel(),
  };
}

function zeros(length: number): readonly number[] {
  return Array.from({ length }, () => 0);
}

function sum(one: number, other: number): number {
  return one + other;
}
