import { Readable } from 'node:stream';

/**
 * How many bytes are taken from the source at once, and may wait here. The source orders the rest, so a keystroke can still
 * pass a bulk transfer.
 */
const PULLED_BYTES = 16 * 1024;

/** A stream that asks its source for bytes when it is read. */
export interface PulledInput {
  readonly stream: Readable;
  /** The source has bytes again. */
  wake(): void;
}

/**
 * @param next - returns about `limit` bytes; undefined when the source has none
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
      // In a microtask, so that all bytes of one turn are sent together.
      queueMicrotask(() => {
        isScheduled = false;
        pull();
      });
    },
  };
}
