/** When an unacknowledged message is due again. */
export interface RoundTrip {
  /** Milliseconds after which an unacknowledged message is sent again. */
  readonly timeout: number;
  /** Takes the round trip, in milliseconds, of a message since it was last sent. */
  measured(roundTrip: number): void;
}

const INITIAL_ROUND_TRIP_MS = 100;
const INITIAL_TIMEOUT_MS = 200;
const MAX_TIMEOUT_MS = 1000;
const CLOCK_GRANULARITY_MS = 10;

/** The agent's estimate (docs/design/protocol.md#retransmission; RFC 6298 with other constants). */
export function createRoundTrip(): RoundTrip {
  let roundTrip = INITIAL_ROUND_TRIP_MS;
  let variation = 0;
  let timeout = INITIAL_TIMEOUT_MS;
  return {
    get timeout() {
      return timeout;
    },
    measured(measure) {
      variation = (3 * variation + Math.abs(roundTrip - measure)) / 4;
      roundTrip = (7 * roundTrip + measure) / 8;
      timeout = Math.min(roundTrip + Math.max(CLOCK_GRANULARITY_MS, 4 * variation), MAX_TIMEOUT_MS);
    },
  };
}
