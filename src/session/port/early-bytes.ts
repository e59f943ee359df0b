/**
 * The agent connects to the target before any local program has connected, and the target may send first.
 * This many bytes are buffered for the first connection; the agent buffers the rest for some time.
 */
export const EARLY_BYTES_LIMIT = 64 * 1024;

/** Bytes of the target for the first connection of a port. */
export interface EarlyBytes {
  /** Copies bytes, if all of them fit; returns false if not. */
  keep(bytes: Buffer): boolean;
  /** Removes and returns the buffered bytes; undefined when there are none. */
  take(): Buffer | undefined;
}

/** One buffer for all bytes: payloads cost only their bytes, however many arrive. */
export function createEarlyBytes(): EarlyBytes {
  let memory: Buffer | undefined;
  let length = 0;
  return {
    keep(bytes) {
      if (length + bytes.length > EARLY_BYTES_LIMIT) return false;
      memory ??= Buffer.allocUnsafeSlow(EARLY_BYTES_LIMIT);
      length += bytes.copy(memory, length);
      return true;
    },
    take() {
      const kept = memory?.subarray(0, length);
      memory = undefined;
      length = 0;
      return kept;
    },
  };
}
