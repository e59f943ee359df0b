import { FRAME_OVERHEAD_BYTES } from '../../protocol/client-message.ts';

/**
 * The agent fills a payload of 1024 bytes as long as there is more to send, except for up to 3 bytes of a
 * character that it keeps for the next one (docs/design/agent.md#text).
 */
const FULL_PAYLOAD_BYTES = 1021;
/** Full payloads that come further apart are not bulk data: the agent sends one after about 2 ms. */
const BULK_GAP_MS = 8;
/**
 * Full payloads in a row, with nothing sent in between, before the next one is bulk data. So no answer of up to
 * 4 KiB is held, however often this side asks for one.
 */
const BULK_AFTER_MESSAGES = 4;

/** Recognizes the frames of bulk data. */
export interface BulkData {
  /** A frame arrived. @returns whether it continues bulk data */
  arrived(frame: Buffer): boolean;
  /** The frames that follow may answer what was sent now. */
  sent(): void;
}

/** @param now - monotonic milliseconds */
export function createBulkData(now: () => number): BulkData {
  let fullPayloads = 0;
  let lastAt = -Infinity;
  return {
    arrived(frame) {
      if (frame.length < FRAME_OVERHEAD_BYTES + FULL_PAYLOAD_BYTES) return false;
      const at = now();
      fullPayloads = at - lastAt <= BULK_GAP_MS ? fullPayloads + 1 : 1;
      lastAt = at;
      return fullPayloads > BULK_AFTER_MESSAGES;
    },
    sent() {
      fullPayloads = 0;
    },
  };
}
