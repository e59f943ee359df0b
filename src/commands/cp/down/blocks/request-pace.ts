import { messagesOf, UNIT_BYTES } from './block-request.ts';

/**
 * Messages a second that the service is reported to take from one session: above some 1000 it cuts the
 * connection (docs/design/protocol.md#window-and-rate).
 */
const COPY_MESSAGES_PER_SECOND = 900;

const MS_PER_SECOND = 1000;

/** Spaces requests out in time. */
export interface RequestPace {
  /** Milliseconds until the next request may be sent; 0 for now. */
  wait(now: number): number;
  /** Notes a request that is sent. */
  sent(units: number, now: number): void;
}

function createPace(millisecondsOf: (units: number) => number): RequestPace {
  let next = 0;
  return {
    wait: (now) => Math.max(next - now, 0),
    sent(units, now) {
      next = Math.max(next, now) + millisecondsOf(units);
    },
  };
}

/** Keeps the messages of one session below what the service is reported to take. */
export function createSessionPace(): RequestPace {
  return createPace((units) => (messagesOf(units) / COPY_MESSAGES_PER_SECOND) * MS_PER_SECOND);
}

/** @param bytesPerSecond - of the file; undefined for no limit */
export function createRateLimit(bytesPerSecond: number | undefined): RequestPace {
  if (bytesPerSecond === undefined) return { wait: () => 0, sent: () => undefined };
  return createPace((units) => ((units * UNIT_BYTES) / bytesPerSecond) * MS_PER_SECOND);
}
