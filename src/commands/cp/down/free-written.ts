/**
 * Bytes that are written between two collections: a collection takes some 1 % of the time that the fastest target
 * needs for them.
 */
const WRITTEN_GARBAGE_BYTES = 8 * 1024 * 1024;

/**
 * Bounds the memory of blocks that are written and not used any more.
 *
 * @param collect - called after each 8 MiB
 * @returns called with the length of each block
 */
export function limitWritten(collect: () => void): (bytes: number) => void {
  let written = 0;
  return (bytes) => {
    written += bytes;
    if (written < WRITTEN_GARBAGE_BYTES) return;
    written = 0;
    collect();
  };
}
