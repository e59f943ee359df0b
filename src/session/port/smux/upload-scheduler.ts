import { exactCopy } from '../../../lib/exact-copy.ts';
import { SMUX_HEADER_BYTES } from '../../../protocol/smux/smux-frame.ts';
import { OUTPUT_PAYLOAD_BYTES } from '../../session-type.ts';

/** A source of smux frames. */
export interface UploadSource {
  /** It has frames to send now. */
  pending(): boolean;
  /**
   * Writes whole frames into `target` from `offset` on, as many as fit. It cuts its data to fit into
   * frames.
   *
   * @returns the offset after them
   */
  fill(target: Buffer, offset: number): number;
}

/** Packs the frames of all connections into payloads, in equal shares. */
export interface UploadScheduler {
  /** The source has frames to send. Idempotent. */
  ready(source: UploadSource): void;
  /** The next payload, at most 1024 bytes, full if enough waits; undefined when nothing waits. */
  next(): Buffer | undefined;
}

/**
 * A longer payload is returned without a copy. Shorter ones are copied, so that they do not keep the memory
 * of a full one.
 */
const COPY_LIMIT_BYTES = OUTPUT_PAYLOAD_BYTES / 2;

/** Payloads are parts of blocks of this size: allocating one block is cheaper than allocating 16 payloads. */
const BLOCK_BYTES = 16 * OUTPUT_PAYLOAD_BYTES;

/**
 * A scheduler without sources. Sources take turns, one payload each, so that a bulk upload leaves every other
 * payload to the request of another connection. The next source fills the rest of a payload.
 */
export function createUploadScheduler(): UploadScheduler {
  // A Set keeps the order of insertion: it is a queue that holds each source once.
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
      if (offset <= COPY_LIMIT_BYTES) return exactCopy(target.subarray(0, offset));
      used += OUTPUT_PAYLOAD_BYTES;
      return offset === OUTPUT_PAYLOAD_BYTES ? target : target.subarray(0, offset);
    },
  };
}
