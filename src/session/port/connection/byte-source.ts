import type { Readable } from 'node:stream';
import { createByteQueue } from '../../streams/byte-queue.ts';

/**
 * Memory of what waits to be sent, in bytes, above which a source is read no further. The runtime reads at most 64
 * KiB at a time, so one read always fits and a second one waits in the stream's own buffer.
 */
export const WAITING_BYTES_LIMIT = 64 * 1024;
/** Reading goes on once so much is left. */
const WAITING_BYTES_RESUME = WAITING_BYTES_LIMIT / 2;

/** Bytes on their way from a local stream to the target. */
export interface ByteSource {
  /** Bytes read and not taken yet. */
  waiting(): number;
  /** The stream has ended; what waits can still be taken. */
  ended(): boolean;
  /** Takes up to `limit` bytes, as many as there are; undefined when none waits. */
  take(limit: number): Buffer | undefined;
  /** Drops what waits and all that follows, and goes on reading, so that the end is seen. */
  discard(): void;
  /** Lets go of the stream: it is paused and reports nothing any more. What waits stays. */
  stop(): void;
}

/** What a source reports. */
export interface ByteSourceEvents {
  /** More waits than before. */
  bytes(): void;
  /** Nothing follows what waits. Comes once. */
  ended(): void;
}

/** Starts reading a stream. */
export function readFrom(stream: Readable, events: ByteSourceEvents): ByteSource {
  const queue = createByteQueue();
  let paused = false;
  let discarding = false;
  let ended = false;
  let stopped = false;

  const onData = (bytes: Buffer): void => {
    if (discarding) return;
    queue.push(bytes);
    events.bytes();
    if (queue.cost() < WAITING_BYTES_LIMIT || stopped) return;
    paused = true;
    stream.pause();
  };
  const onEnd = (): void => {
    if (ended) return;
    ended = true;
    events.ended();
  };
  const resume = (): void => {
    if (!paused || stopped) return;
    paused = false;
    stream.resume();
  };
  stream.on('data', onData);
  stream.on('end', onEnd);
  // A connection accepted while another one was served is handed over paused.
  stream.resume();

  return {
    waiting() {
      return queue.size();
    },
    ended() {
      return ended;
    },
    take(limit) {
      const bytes = queue.take(limit);
      if (paused && queue.cost() < WAITING_BYTES_RESUME) resume();
      return bytes;
    },
    discard() {
      discarding = true;
      queue.clear();
      resume();
    },
    stop() {
      if (stopped) return;
      stopped = true;
      stream.off('data', onData);
      stream.off('end', onEnd);
      stream.pause();
    },
  };
}
