import { Readable } from 'node:stream';
import { createByteQueue } from '../../../session/streams/byte-queue.ts';

/** Bytes of a header: the count of the bytes that follow, in decimal digits, and line feeds. */
const INPUT_HEADER_BYTES = 8;
/** A program of the target takes as many in one piece. */
const INPUT_CHUNK_BYTES = 32 * 1024;
/**
 * Chunks that the target has not passed on. One may be in the memory of its `dd`, and two in the buffers of the
 * terminal, which had room for 64 KiB in each kernel (`TTYB_DEFAULT_MEM_LIMIT`): so a command that does not read its
 * input never makes the agent wait for the terminal. While it waits, it answers nothing.
 */
const MAX_INPUT_CHUNKS = 3;
/** Above this memory of what waits the source is not read. */
const WAITING_INPUT_BYTES = 2 * INPUT_CHUNK_BYTES;

/** Input of a command, in pieces of known lengths. */
export interface InputFeed {
  /** Headers and bytes for the target, and at the end of the source a header without bytes. */
  readonly stream: Readable;
  /** The target has passed on the oldest chunk that it had not. */
  readonly acknowledged: () => void;
  /** Whether the target has passed on all bytes, and knows that no more follow. */
  readonly isDelivered: boolean;
  /** Reads the source no more, and sends the end if it has not been sent. What waits is dropped. */
  readonly finish: () => void;
  /** Reads the source no more, and sends nothing more. */
  readonly stop: () => void;
}

/**
 * Cuts a stream into chunks. The next one waits while the target has too many.
 *
 * @param source - is read at once; its error counts as its end, and is passed on
 * @param onError - why the source could not be read to its end
 */
export function createInputFeed(source: Readable, onError: (error: Error) => void): InputFeed {
  const queue = createByteQueue();
  let unacknowledged = 0;
  let state: 'reading' | 'ended' | 'finished' | 'stopped' = 'reading';
  const stream = new Readable({ read: () => undefined });

  const send = (): void => {
    while (unacknowledged < MAX_INPUT_CHUNKS) {
      const bytes = queue.take(INPUT_CHUNK_BYTES);
      if (bytes === undefined) break;
      unacknowledged++;
      stream.push(headerOf(bytes.length));
      stream.push(bytes);
    }
    if (state === 'ended' && queue.size() === 0) {
      state = 'finished';
      stream.push(headerOf(0));
    }
    if (state === 'reading' && queue.cost() < WAITING_INPUT_BYTES) source.resume();
  };
  const onData = (bytes: Buffer): void => {
    queue.push(bytes);
    if (queue.cost() >= WAITING_INPUT_BYTES) source.pause();
    send();
  };
  const onEnd = (): void => {
    if (state !== 'reading') return;
    state = 'ended';
    send();
  };
  const onFailure = (error: Error): void => {
    if (state === 'reading') onError(error);
  };
  source.on('data', onData);
  source.on('end', onEnd);
  source.on('error', onFailure);

  const leaveSource = (): void => {
    queue.clear();
    source.off('data', onData);
    source.off('end', onEnd);
    source.pause();
  };

  return {
    stream,
    acknowledged() {
      unacknowledged--;
      send();
    },
    get isDelivered() {
      return state === 'finished' && unacknowledged === 0;
    },
    finish() {
      if (state === 'finished' || state === 'stopped') return;
      state = 'stopped';
      leaveSource();
      stream.push(headerOf(0));
    },
    stop() {
      state = 'stopped';
      leaveSource();
    },
  };
}

function headerOf(length: number): Buffer {
  return Buffer.from(String(length).padEnd(INPUT_HEADER_BYTES, '\n'));
}
