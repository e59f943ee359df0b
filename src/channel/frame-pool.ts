import { FRAME_OVERHEAD_BYTES } from '../protocol/client-message.ts';
import { OUTPUT_PAYLOAD_BYTES } from './outgoing-message.ts';

/** Bytes of the shortest frame with a full payload: nearly all frames of bulk data. An encrypted one is longer. */
const FULL_FRAME_BYTES = FRAME_OVERHEAD_BYTES + OUTPUT_PAYLOAD_BYTES;
/** Frames that are kept for the next messages: those of the largest window, 290 KB (MAX_WINDOW_BYTES of send-window.ts). */
const MAX_FREE_FRAMES = 256;

/**
 * Memory of full frames, which is used again. A frame waits for its acknowledgement longer than a young object lives:
 * without a pool, bulk data would fill the old generation, which the runtime collects late.
 */
export interface FramePool {
  /** Memory of exactly that many bytes, with any content. */
  readonly allocate: (bytes: number) => Buffer;
  /** Takes a frame that is not sent again. */
  free(frame: Buffer): void;
}

/** An empty pool. It keeps frames of one length: all full frames of a session have the same. */
export function createFramePool(): FramePool {
  let frames: Buffer[] = [];
  let length = FULL_FRAME_BYTES;
  return {
    allocate(bytes) {
      if (bytes < FULL_FRAME_BYTES) return Buffer.allocUnsafe(bytes);
      if (bytes !== length) {
        length = bytes;
        frames = [];
      }
      return frames.pop() ?? Buffer.allocUnsafeSlow(bytes);
    },
    free(frame) {
      if (frame.length === length && frames.length < MAX_FREE_FRAMES) frames.push(frame);
    },
  };
}
