import type { Writable } from 'node:stream';
import { drain } from '../../lib/drain.ts';
import { isReaderClosed } from '../../lib/errors/output-error.ts';
import { exactCopy } from '../../lib/exact-copy.ts';
import type { GatherWrites } from './gather-writes.ts';
import { isTerminal } from './watch-outputs.ts';

/** Writes payloads to a stream of the process, many at a time, and reports when it is full. */
export interface OutputWriter {
  write(bytes: Buffer): void;
  /** Resolves when the system has taken everything, or never will. */
  finished(): Promise<void>;
  /** Stops listening; nothing is written any more. */
  close(): void;
}

/** What an output writer reports. */
export interface OutputWriterEvents {
  /** The stream is full: write only what cannot be stopped. */
  full(): void;
  /** It has room again. */
  drained(): void;
  /**
   * The reader has closed it; what is written from now on is dropped. After any other error it is
   * dropped, too, but then `watchOutputs` reports the error to the session.
   */
  readerClosed(): void;
}

/**
 * @param stream - stdout or stderr of the process, or a local double; it is not closed
 * @param gather - the same for all outputs that may be one terminal
 */
export function createOutputWriter(
  stream: Writable,
  gather: GatherWrites,
  events: OutputWriterEvents,
): OutputWriter {
  let full = false;
  let closed = false;
  /** The system has not taken what was written in an earlier turn of the event loop. */
  let slow = false;
  let waiting: (() => void)[] = [];

  const settle = (): void => {
    const callbacks = waiting;
    waiting = [];
    for (const callback of callbacks) callback();
  };
  const onDrain = (): void => {
    if (!full) return;
    full = false;
    events.drained();
  };
  const onError = (error: Error): void => {
    if (closed) return;
    closed = true;
    settle();
    onDrain();
    if (isReaderClosed(error, isTerminal(stream))) events.readerClosed();
  };
  stream.on('drain', onDrain);
  stream.on('error', onError);

  return {
    write(bytes) {
      if (closed || bytes.length === 0) return;
      if (stream.writableCorked === 0) slow = stream.writableLength > 0;
      gather(stream);
      // A payload is a part of a larger buffer, which must not stay in memory while the payload waits.
      if (!stream.write(slow ? exactCopy(bytes) : bytes) && !full) {
        full = true;
        events.full();
      }
    },
    finished() {
      if (closed) return Promise.resolve();
      return new Promise((resolve) => {
        waiting.push(resolve);
        void drain(stream).then(() => {
          waiting = waiting.filter((callback) => callback !== resolve);
          resolve();
        });
      });
    },
    close() {
      closed = true;
      settle();
      stream.off('drain', onDrain);
      // An error that arrives late must not become an uncaught exception.
      stream.off('error', onError);
      stream.on('error', () => undefined);
    },
  };
}
