import { Readable } from 'node:stream';

/**
 * Bytes that are taken from their source at a time, and that may wait here. Later ones are still sorted by the source, so
 * that a keystroke passes a bulk transfer.
 */
const PULLED_BYTES = 16 * 1024;

/** A stream whose bytes are made when they are needed. */
export interface PulledInput {
  readonly stream: Readable;
  /** The source has bytes. */
  wake(): void;
}

/**
 * @param next - the next bytes, about as many as it is asked for; undefined when there are none
 */
export function createPulledInput(next: (limit: number) => Buffer | undefined): PulledInput {
  let isWanted = false;
  let isScheduled = false;
  const pull = (): void => {
    while (isWanted) {
      const bytes = next(PULLED_BYTES);
      if (bytes === undefined) return;
      isWanted = stream.push(bytes);
    }
  };
  const stream = new Readable({
    highWaterMark: PULLED_BYTES,
    read() {
      isWanted = true;
      pull();
    },
  });
  return {
    stream,
    wake() {
      if (isScheduled || !isWanted) return;
      isScheduled = true;
      // What is written in the same turn is sent together.
      queueMicrotask(() => {
        isScheduled = false;
        pull();
      });
    },
  };
}
