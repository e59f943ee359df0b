/** Initial estimate of the round trip, before the first measurement. */
const INITIAL_ROUND_TRIP_MS = 100;
const INITIAL_TIMEOUT_MS = 200;
const MAX_TIMEOUT_MS = 1000;
/** Smallest difference between timeout and estimate: the granularity of the peer's clock. */
const GRANULARITY_MS = 10;
/** Weights of a new measurement (those of RFC 6298). */
const ROUND_TRIP_GAIN = 1 / 8;
const VARIATION_GAIN = 1 / 4;
const VARIATIONS_IN_TIMEOUT = 4;

/** Estimates how long an acknowledgement may take (docs/design/protocol.md#retransmission). */
export interface RoundTripEstimate {
  /**
   * Adds a measurement, in milliseconds. The caller keeps Karn's rule: no measurement of a message that
   * was sent more than once.
   */
  measured(roundTrip: number): void;
  /** Milliseconds after which an unacknowledged message counts as lost. */
  readonly timeout: number;
  /** The smoothed round trip, milliseconds. */
  readonly roundTrip: number;
  /** The shortest round trip, milliseconds; infinite before the first. */
  readonly fastest: number;
}

/** Starts an estimate: round trip 100 ms, variation 0, timeout 200 ms and never above 1 s. */
export function createRoundTripEstimate(): RoundTripEstimate {
  let roundTrip = INITIAL_ROUND_TRIP_MS;
  let variation = 0;
  let timeout = INITIAL_TIMEOUT_MS;
  let fastest = Infinity;
  return {
    measured(sample) {
      fastest = Math.min(fastest, sample);
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
    get fastest() {
      return fastest;
    },
  };
}
