import { SMUX_HEADER_BYTES } from '../../../protocol/smux/smux-frame.ts';
import { OUTPUT_PAYLOAD_BYTES } from '../../session-type.ts';

/** Something that has smux frames to send. */
export interface UploadSource {
  /** It has something now. */
  pending(): boolean;
  /**
   * Writes whole frames into `target` from `offset` on, as many as fit, cutting its data to the
   * room there is.
   *
   * @returns the offset behind them
   */
  fill(target: Buffer, offset: number): number;
}

/** Puts the frames of all connections into payloads, fairly. */
export interface UploadScheduler {
  /** The source has something to send. Calling it again changes nothing. */
  ready(source: UploadSource): void;
  /** The next payload, at most 1024 bytes, and full if so much waits; undefined when nothing does. */
  next(): Buffer | undefined;
}

/**
 * Above this a payload is handed out as it was built, below it is copied, so that many small ones do
 * not each keep a full payload's memory.
 */
const COPY_LIMIT_BYTES = OUTPUT_PAYLOAD_BYTES / 2;

/** Payloads are cut from blocks of so many bytes: making one block costs less than making 16. */
const BLOCK_BYTES = 16 * OUTPUT_PAYLOAD_BYTES;

/**
 * A scheduler without sources. They take turns, one payload each: a bulk upload leaves every other
 * payload to another connection's request, and what the one whose turn it is leaves free goes to the
 * next.
 */
export function createUploadScheduler(): UploadScheduler {
  // A Set keeps the order of insertion: the queue and the test for being in it at once.
  const turns = new Set<UploadSource>();
  let block = Buffer.allocUnsafeSlow(BLOCK_BYTES);
  let used = 0;

  return {
    ready: (source) => void turns.add(source),
    next() {
      if (turns.size === 0) return undefined;
      if (used === BLOCK_BYTES) {
        block = Buffer.allocUnsafeSlow(BLOCK_BYTES);
        used = 0;
      }
      const target = block.subarray(used, used + OUTPUT_PAYLOAD_BYTES);
      let offset = 0;
      for (const source of turns) {
        offset = source.fill(target, offset);
        turns.delete(source);
        if (source.pending()) turns.add(source);
        if (offset + SMUX_HEADER_BYTES >= OUTPUT_PAYLOAD_BYTES) break;
      }
      if (offset === 0) return undefined;
      if (offset <= COPY_LIMIT_BYTES) return Buffer.from(target.subarray(0, offset));
      used += OUTPUT_PAYLOAD_BYTES;
      return offset === OUTPUT_PAYLOAD_BYTES ? target : target.subarray(0, offset);
    },
  };
}
