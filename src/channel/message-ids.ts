import { messageIdFromRandom } from '../protocol/message-id.ts';

const ID_BYTES = 16;
/** Identifiers made at once: a system call for each 16 bytes would cost more than a digest. */
const IDS_PER_DRAW = 256;

/**
 * Makes message identifiers of 16 bytes in wire order. Each is valid until the next call.
 *
 * @param fillRandom - fills a buffer with cryptographically strong random bytes
 */
export function createMessageIds(fillRandom: (buffer: Buffer) => void): () => Buffer {
  const drawn = Buffer.alloc(ID_BYTES * IDS_PER_DRAW);
  let used = drawn.length;
  return () => {
    if (used === drawn.length) {
      fillRandom(drawn);
      used = 0;
    }
    used += ID_BYTES;
    return messageIdFromRandom(drawn.subarray(used - ID_BYTES, used));
  };
}
