/** Initial estimate of the round trip, before anything was measured. */
const INITIAL_ROUND_TRIP_MS = 100;
const INITIAL_TIMEOUT_MS = 200;
const MAX_TIMEOUT_MS = 1000;
/** The least the timeout stands above the estimate: the granularity of the peer's clock. */
const GRANULARITY_MS = 10;
/** Weights of a new measurement (the RFC 6298 ones). */
const ROUND_TRIP_GAIN = 1 / 8;
const VARIATION_GAIN = 1 / 4;
const VARIATIONS_IN_TIMEOUT = 4;

/** Estimates how long an acknowledgement may take (docs/design/protocol.md#retransmission). */
export interface RoundTripEstimate {
  /**
   * Takes a measurement, in milliseconds. Karn's rule is the caller's: never one of a message that
   * was sent more than once.
   */
  measured(roundTrip: number): void;
  /** Milliseconds after which an unacknowledged message counts as lost. */
  readonly timeout: number;
  /** The smoothed round trip, milliseconds. */
  readonly roundTrip: number;
}

/** Starts an estimate: round trip 100 ms, variation 0, timeout 200 ms and never above 1 s. */
export function createRoundTripEstimate(): RoundTripEstimate {
  let roundTrip = INITIAL_ROUND_TRIP_MS;
  let variation = 0;
  let timeout = INITIAL_TIMEOUT_MS;
  return {
    measured(sample) {
      variation += VARIATION_GAIN * (Math.abs(roundTrip - sample) - variation);
      roundTrip += ROUND_TRIP_GAIN * (sample - roundTrip);
      timeout = Math.min(
        MAX_TIMEOUT_MS,
        roundTrip + Math.max(GRANULARITY_MS, VARIATIONS_IN_TIMEOUT * variation),
      );
    },
    get timeout() {
      return timeout;
    },
    get roundTrip() {
      return roundTrip;
    },
  };
}
