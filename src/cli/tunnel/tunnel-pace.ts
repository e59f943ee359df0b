import type { Clock, Timer } from '../../lib/clock.ts';
import type { CreditPace } from '../../relay/protocol/credit.ts';
import { MAX_CREDIT_BYTES } from '../../relay/protocol/frames.ts';
import type { LearnedRate } from './learned-rate.ts';

/** Bytes of one message of the agent (docs/design/agent.md#separate-output). */
const RELAY_MESSAGE_BYTES = 1024;
/** Part of a line that is data: it is base64. */
const DATA_SHARE = 3 / 4;
const MS_PER_SECOND = 1000;
/** What may be on its way at once, and what may be made up for, in milliseconds of the rate: together little of a second. */
const GRANT_BURST_MS = 100;
/** What has come is counted in such parts of a second. */
const PARTS_OF_SECOND = 4;
/** Those in which a connection may have been lost before that is noticed, and the second before. */
const COUNTED_PARTS = 3 * PARTS_OF_SECOND;

/** The pace of one tunnel: counts what comes, and grants credit at the rate that was learned. */
export interface TunnelPace extends CreditPace {
  /** A line of the relay has come. Before its frames are taken. */
  received(characters: number): void;
  /** A connection was lost. @returns whether that was for the number of messages */
  disconnected(): boolean;
  /** Messages in the busiest second of the last three. */
  carried(): number;
  stop(): void;
}

/** @param due - credit may be granted again */
export function createTunnelPace(clock: Clock, learned: LearnedRate, due: () => void): TunnelPace {
  const part = (): number => Math.floor((clock.monotonic() * PARTS_OF_SECOND) / MS_PER_SECOND);
  let counts = [...zeros(COUNTED_PARTS)];
  let counted = part();
  /** When what has come is within the rate. */
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
