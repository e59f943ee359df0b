import { createCollector, type CollectGarbage } from '../../socket/received-garbage.ts';

/**
 * Bytes that are copied between two collections: a collection takes some 1 % of the time that the fastest target
 * needs for them.
 */
const COPIED_GARBAGE_BYTES = 8 * 1024 * 1024;

/**
 * Collects the memory of what a copy has received and written, or read and sent. It reaches the old generation, and
 * the runtime collects that only after 64 MiB of them (measured with Node.js 26.12.1).
 */
export function createCopyCollector(): CollectGarbage {
  return createCollector('major');
}

/**
 * Bounds the memory of blocks that are copied and not used any more.
 *
 * @param collect - called after each 8 MiB
 * @returns called with the length of each block
 */
export function limitCopied(collect: CollectGarbage): (bytes: number) => void {
  let copied = 0;
  return (bytes) => {
    copied += bytes;
    if (copied < COPIED_GARBAGE_BYTES) return;
    copied = 0;
    collect();
  };
}
