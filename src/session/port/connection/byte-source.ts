import type { Readable } from 'node:stream';
import { createByteQueue } from '../../streams/byte-queue.ts';

/**
 * Memory for bytes that wait to be sent. Above it a source is not read. The runtime reads at most
 * 64 KiB at a time, so one read always fits, and a second one waits in the stream's own buffer.
 */
export const WAITING_BYTES_LIMIT = 64 * 1024;
/** Below it reading resumes. */
const WAITING_BYTES_RESUME = WAITING_BYTES_LIMIT / 2;

/** Bytes on their way from a local stream to the target. */
export interface ByteSource {
  /** Bytes that were read and not taken yet. */
  waiting(): number;
  /** Takes up to `limit` bytes; undefined when none waits. */
  take(limit: number): Buffer | undefined;
  /** Drops the bytes that wait and all that follow. Reading continues, so that the end is noticed. */
  discard(): void;
  /** Pauses the stream and removes the listeners. The bytes that wait can still be taken. */
  stop(): void;
}

/** What a source reports. */
export interface ByteSourceEvents {
  /** More bytes wait than before. */
  bytes(): void;
  /** Nothing follows the bytes that wait. Called once. */
  ended(): void;
}

/** What becomes of the bytes of the stream. */
type SourceState = 'flowing' | 'paused' | 'discarding' | 'stopped';

/** Starts reading a stream. */
export function readFrom(stream: Readable, events: ByteSourceEvents): ByteSource {
  const queue = createByteQueue();
  let state: SourceState = 'flowing';

  const onData = (bytes: Buffer): void => {
    if (state === 'discarding') return;
    queue.push(bytes);
    events.bytes();
    // The event may have changed the state.
    if (queue.cost() < WAITING_BYTES_LIMIT || state !== 'flowing') return;
    state = 'paused';
    stream.pause();
  };
  const onEnd = (): void => events.ended();
  stream.on('data', onData);
  stream.once('end', onEnd);
  // A connection that was accepted during another one is still paused.
  stream.resume();

  return {
    waiting: () => queue.size(),
    take(limit) {
      const bytes = queue.take(limit);
      if (state === 'paused' && queue.cost() < WAITING_BYTES_RESUME) {
        state = 'flowing';
        stream.resume();
      }
      return bytes;
    },
    discard() {
      queue.clear();
      if (state === 'stopped') return;
      if (state === 'paused') stream.resume();
      state = 'discarding';
    },
    stop() {
      if (state === 'stopped') return;
      state = 'stopped';
      stream.off('data', onData);
      stream.off('end', onEnd);
      stream.pause();
    },
  };
}
