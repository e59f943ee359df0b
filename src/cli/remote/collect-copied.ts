import { createCollector, type CollectGarbage } from '../../socket/received-garbage.ts';

/**
 * Bytes that are copied between two collections, which take some 5 % of the CPU time of a copy. With twice as many, a
 * copy took 2 to 5 MiB more (measured with Node.js 26.12.1, over TLS).
 */
const COPIED_GARBAGE_BYTES = 4 * 1024 * 1024;

/**
 * Collects the memory of what a copy has received and written, or read and sent. It reaches the old generation, and
 * the runtime collects that only after 64 MiB of them (measured with Node.js 26.12.1).
 */
export function createCopyCollector(): CollectGarbage {
  return createCollector('major');
}

/**
 * Keeps the young generation as small as it is. V8 doubles it, up to 64 MiB, when much of it is still in use while it is
 * collected, and copies would fill it: their sessions need 8 MiB (measured with Node.js 26.12.1: copies to a target
 * with 8 sessions took 20 MiB less, and as much CPU time). To be called when everything is loaded: with other flags
 * the runtime refuses its code caches.
 */
export function keepYoungGeneration(): void {
  // `--max-semi-space-size` has no effect any more (Node.js 20.20.2 and 26.12.1).
  process.getBuiltinModule('node:v8').setFlagsFromString('--semi-space-growth-factor=1');
}

/** Bounds the memory of a copy, see {@link keepYoungGeneration} and {@link limitCopied}. */
export function limitCopyMemory(): (bytes: number) => void {
  keepYoungGeneration();
  return limitCopied(createCopyCollector());
}

/**
 * Bounds the memory of blocks that are copied and not used any more.
 *
 * @param collect - called after each 4 MiB
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
