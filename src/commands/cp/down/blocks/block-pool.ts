/**
 * Memory of blocks, which is used again: a block waits for the disk longer than a young object lives, and the runtime
 * collects the old generation late.
 */
export interface BlockPool {
  /** A copy of these bytes. */
  copy(bytes: Buffer): Buffer;
  /** Takes the memory of a copy, or of a part of one, that is not used any more. Ignores other memory. */
  free(block: Buffer): void;
}

/** An empty pool. It keeps memory of one length, since nearly all blocks of a copy have the same. */
export function createBlockPool(): BlockPool {
  let free: ArrayBufferLike[] = [];
  /** What was made here, of any length. */
  const own = new WeakSet<ArrayBufferLike>();
  let length = 0;
  return {
    copy(bytes) {
      if (bytes.length !== length) {
        length = bytes.length;
        free = [];
      }
      const memory = free.pop();
      const block = memory === undefined ? Buffer.allocUnsafeSlow(length) : Buffer.from(memory);
      own.add(block.buffer);
      bytes.copy(block);
      return block;
    },
    free({ buffer }) {
      if (buffer.byteLength === length && own.has(buffer)) free.push(buffer);
    },
  };
}
