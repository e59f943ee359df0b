import { OUTPUT_PAYLOAD_BYTES } from './outgoing-message.ts';

const KIB = 1024;
/** Above this many unacknowledged bytes the service is reported to pause and close the channel. */
const MAX_WINDOW_BYTES = 256 * KIB;
/**
 * The smallest window, and the first: a quarter of what the service accepts. With less, the default
 * rate of messages is not reached at a round trip of 70 ms. On a congested path TCP slows down by itself.
 */
const MIN_WINDOW_BYTES = 64 * KIB;
/** TCP's answer to a loss (RFC 5681, section 3.1). */
const DECREASE = 1 / 2;
/**
 * Growth each round trip above the size at the last loss. TCP adds one segment, which would need a
 * hundred round trips for so small a window; MAX_WINDOW_BYTES is what the service accepts.
 */
const CONGESTION_AVOIDANCE_GROWTH = 1 / 8;
/**
 * A full window opens again when this many bytes are acknowledged: then one system call sends many messages.
 * If it opened for each acknowledgement, each message would need a system call.
 */
const WINDOW_STEP_BYTES = 32 * OUTPUT_PAYLOAD_BYTES;
/**
 * On a path longer than this the step is smaller, in proportion: there a partly empty window costs
 * throughput, and acknowledgements arrive many at a time anyway.
 */
const SHORT_ROUND_TRIP_MS = 2;
/** The largest step, as a share of a small window. */
const WINDOW_STEP_SHARE = 1 / 4;
/** Unacknowledged messages of any size: a peer keeps at least as many for reordering. */
const MAX_UNACKNOWLEDGED_MESSAGES = 10_000;

/** What is sent and not acknowledged. */
export interface Unacknowledged {
  /** Payload bytes. */
  readonly bytes: number;
  /** Messages. */
  readonly size: number;
}

/**
 * How much may be unacknowledged. The window grows while acknowledgements arrive in time and shrinks
 * on a loss (docs/design/protocol.md#window-and-rate).
 */
export interface SendWindow {
  /** Bytes. */
  readonly size: number;
  /** `full` from the refusal of a message until one step of the window is free. */
  readonly state: 'open' | 'full';
  /**
   * True when one more message may be sent.
   *
   * @param roundTrip - the shortest so far, milliseconds; infinite before the first
   */
  admits(unacknowledged: Unacknowledged, roundTrip: number): boolean;
  /** `bytes` of payload were acknowledged in time while the window was full: it grows. */
  acknowledged(bytes: number): void;
  /** A message was lost. Call it once for all losses of one flight. */
  lost(): void;
  /** The messages of the last `lost()` had arrived: restores the window. */
  undoLoss(): void;
}

/** Starts a window of 64 KiB, which always has 64 to 256 KiB. */
export function createSendWindow(): SendWindow {
  let size = MIN_WINDOW_BYTES;
  let slowStartThreshold = MAX_WINDOW_BYTES;
  let beforeLoss = { size, slowStartThreshold };
  let state: SendWindow['state'] = 'open';

  const stepBytes = (roundTrip: number): number => {
    const step = WINDOW_STEP_BYTES * Math.min(1, SHORT_ROUND_TRIP_MS / roundTrip);
    return Math.max(OUTPUT_PAYLOAD_BYTES, Math.min(step, size * WINDOW_STEP_SHARE));
  };

  return {
    get size() {
      return size;
    },
    get state() {
      return state;
    },
    admits(unacknowledged, roundTrip) {
      const free = state === 'full' ? stepBytes(roundTrip) : OUTPUT_PAYLOAD_BYTES;
      const admitted =
        unacknowledged.bytes + free <= size && unacknowledged.size < MAX_UNACKNOWLEDGED_MESSAGES;
      state = admitted ? 'open' : 'full';
      return admitted;
    },
    acknowledged(bytes) {
      // Slow start doubles the window each round trip (RFC 5681).
      const growth = size < slowStartThreshold ? bytes : bytes * CONGESTION_AVOIDANCE_GROWTH;
      size = Math.min(MAX_WINDOW_BYTES, size + growth);
    },
    lost() {
      beforeLoss = { size, slowStartThreshold };
      size = Math.max(MIN_WINDOW_BYTES, size * DECREASE);
      slowStartThreshold = size;
    },
    undoLoss() {
      size = Math.max(size, beforeLoss.size);
      slowStartThreshold = beforeLoss.slowStartThreshold;
    },
  };
}
