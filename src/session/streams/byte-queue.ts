/**
 * What a piece of any length costs in memory besides its bytes, in bytes: the runtime's objects for it
 * and its entry in a queue, as measured with a million pieces of one byte.
 */
export const PIECE_COST_BYTES = 512;

/**
 * Bytes waiting to be sent, first in first out. Its sizes are methods: an object literal with a getter
 * is a dictionary to V8, which costs each of a thousand connections half a kilobyte.
 */
export interface ByteQueue {
  size(): number;
  /** The memory of the queue, in bytes: the limit for many tiny pieces. */
  cost(): number;
  push(bytes: Buffer): void;
  /** Takes out up to `limit` bytes, gathered from as many pushes as needed; undefined when empty. */
  take(limit: number): Buffer | undefined;
  clear(): void;
}

const NOTHING = Buffer.alloc(0);

/** An empty queue. */
export function createByteQueue(): ByteQueue {
  let chunks: Buffer[] = [];
  /** Chunks taken whole; they are cut off in batches because shifting an array costs its length. */
  let taken = 0;
  let offset = 0;
  let size = 0;

  const cutOffTaken = (): void => {
    chunks = chunks.slice(taken);
    taken = 0;
  };

  const cut = (limit: number): Buffer => {
    const chunk = chunks[taken] ?? NOTHING;
    const piece = chunk.subarray(offset, offset + limit);
    offset += piece.length;
    size -= piece.length;
    if (offset === chunk.length) {
      // A long transfer never empties the queue, so taken chunks are removed before that.
      chunks[taken] = NOTHING;
      taken++;
      offset = 0;
      if (taken * 2 >= chunks.length) cutOffTaken();
    }
    return piece;
  };

  return {
    size() {
      return size;
    },
    cost() {
      return size + (chunks.length - taken) * PIECE_COST_BYTES;
    },
    push(bytes) {
      if (bytes.length === 0) return;
      chunks.push(bytes);
      size += bytes.length;
    },
    take(limit) {
      if (size === 0) return undefined;
      const first = cut(limit);
      if (first.length === limit || size === 0) return first;
      const pieces = [first];
      let room = limit - first.length;
      while (room > 0 && size > 0) {
        const piece = cut(room);
        pieces.push(piece);
        room -= piece.length;
      }
      return Buffer.concat(pieces);
    },
    clear() {
      chunks = [];
      taken = 0;
      offset = 0;
      size = 0;
    },
  };
}
