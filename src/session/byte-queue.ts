/**
 * Bytes waiting to be sent, first in first out. Its size is a method: an object literal with a getter
 * is a dictionary to V8, which costs each of a thousand connections half a kilobyte.
 */
export interface ByteQueue {
  size(): number;
  push(bytes: Buffer): void;
  /** Takes out up to `limit` bytes, gathered from as many pushes as needed; undefined when empty. */
  take(limit: number): Buffer | undefined;
  clear(): void;
}

/** An empty queue. */
export function createByteQueue(): ByteQueue {
  let chunks: Buffer[] = [];
  /** Chunks taken whole; they are cut off in batches because shifting an array costs its length. */
  let taken = 0;
  let offset = 0;
  let size = 0;

  const cut = (limit: number): Buffer => {
    const chunk = chunks[taken] ?? Buffer.alloc(0);
    const piece = chunk.subarray(offset, offset + limit);
    offset += piece.length;
    size -= piece.length;
    if (offset === chunk.length) {
      taken++;
      offset = 0;
      if (taken === chunks.length) {
        chunks = [];
        taken = 0;
      }
    }
    return piece;
  };

  return {
    size() {
      return size;
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
