/**
 * Bytes received between two collections. Twice as many may wait to be collected: `ws` joins the reads
 * of a frame.
 */
const RECEIVED_GARBAGE_BYTES = 8 * 1024 * 1024;

/** `minor` is without the old generation: received frames are young. */
export type CollectionType = 'minor' | 'major';

/** Frees short-lived memory. */
export type CollectGarbage = () => void;

/**
 * Bounds the memory of frames that were received and are not used any more. Of 1000 unused buffers of
 * 1 MiB, Node.js 22.23.5 kept 34 MiB at most, and 26.12.1 112 MiB, or 258 MiB with 64 buffers in each
 * turn of the event loop (measured).
 *
 * @param collect - called after each 8 MiB
 * @returns called with each frame
 */
export function limitGarbage(collect: CollectGarbage): (frame: Buffer) => void {
  let received = 0;
  // A frame keeps the whole read that it is a part of; the frames of a read come one after another.
  // A WeakRef would keep each of them until the end of the turn.
  let read: ArrayBufferLike | undefined;
  return ({ buffer }) => {
    if (buffer === read) return;
    read = buffer;
    received += buffer.byteLength;
    if (received < RECEIVED_GARBAGE_BYTES) return;
    received = 0;
    collect();
  };
}

/**
 * Collects garbage, that of the young generation usually within 0.2 ms, all within some 5 ms. The runtime offers this
 * only by a flag, which holds for contexts that are created while it is set. It is reset at once: with
 * other flags the runtime would refuse its code caches. The first call costs about 3 ms (measured).
 */
export function createCollector(type: CollectionType = 'minor'): CollectGarbage {
  let collect: CollectGarbage | undefined;
  return () => {
    collect ??= exposedCollector(type);
    collect();
  };
}

function exposedCollector(type: CollectionType): CollectGarbage {
  const { setFlagsFromString } = process.getBuiltinModule('node:v8');
  const { runInNewContext } = process.getBuiltinModule('node:vm');
  setFlagsFromString('--expose-gc');
  try {
    const gc: unknown = runInNewContext('gc');
    return typeof gc === 'function'
      ? () => void Reflect.apply(gc, undefined, [{ type }])
      : () => undefined;
  } finally {
    setFlagsFromString('--no-expose-gc');
  }
}
