const KIB = 1024;
/** Above this many unacknowledged bytes the service is reported to pause and close the channel. */
const MAX_WINDOW_BYTES = 256 * KIB;
/**
 * The least, and what it starts with: a quarter of what the service bears. Below it the default rate
 * of messages does not fit into a round trip of 70 ms. On a congested path TCP slows down by itself.
 */
const MIN_WINDOW_BYTES = 64 * KIB;
/** TCP's answer to a loss (RFC 5681, section 3.1). */
const DECREASE = 1 / 2;
/**
 * Growth each round trip past the size of the last loss. TCP adds one segment, which would take a
 * hundred round trips to regain so small a window; the bound above is what the service bears.
 */
const CONGESTION_AVOIDANCE_GROWTH = 1 / 8;

/**
 * How many unacknowledged payload bytes may be on their way: the window grows while
 * acknowledgements come in time and shrinks on a resend (docs/design/protocol.md#window-and-rate).
 */
export interface SendWindow {
  /** Bytes. */
  readonly size: number;
  /** `bytes` of payload were acknowledged in time while the window was what held the sender back. */
  acknowledged(bytes: number): void;
  /** A message was lost. Call it once for all losses of one flight. */
  lost(): void;
  /** What the last `lost()` was about had arrived after all: the window is as it was before. */
  notLost(): void;
}

/** Starts a window of 64 KiB, which never leaves 64–256 KiB. */
export function createSendWindow(): SendWindow {
  let size = MIN_WINDOW_BYTES;
  let slowStartThreshold = MAX_WINDOW_BYTES;
  let before = { size, slowStartThreshold };
  return {
    get size() {
      return size;
    },
    acknowledged(bytes) {
      // Slow start doubles the window each round trip (RFC 5681).
      const growth = size < slowStartThreshold ? bytes : bytes * CONGESTION_AVOIDANCE_GROWTH;
      size = Math.min(MAX_WINDOW_BYTES, size + growth);
    },
    lost() {
      before = { size, slowStartThreshold };
      size = Math.max(MIN_WINDOW_BYTES, size * DECREASE);
      slowStartThreshold = size;
    },
    notLost() {
      size = Math.max(size, before.size);
      slowStartThreshold = before.slowStartThreshold;
    },
  };
}
