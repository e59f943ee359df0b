import type { Readable } from 'node:stream';

/** The bytes of the other end of a readable stream, delivered when the stream asks for them. */
export interface Feed {
  /** The stream asks for more. */
  wanted(): void;
  /** Adds bytes, or null for the end. */
  add(chunk: Buffer | null): void;
  /** Nothing more comes. */
  stop(): void;
  /** Bytes that the stream's reader has taken. */
  readonly taken: number;
}

/** @param stream - calls `wanted()` in its `_read` */
export function createFeed(stream: () => Readable): Feed {
  let waiting: (Buffer | null)[] = [];
  let isWanted = false;
  let pushed = 0;
  let isStopped = false;
  const pump = (): void => {
    const chunk = isWanted && !isStopped ? waiting.shift() : undefined;
    if (chunk === undefined) return;
    isWanted = false;
    pushed += chunk?.length ?? 0;
    stream().push(chunk);
  };
  return {
    wanted() {
      isWanted = true;
      pump();
    },
    add(chunk) {
      waiting.push(chunk);
      pump();
    },
    stop() {
      isStopped = true;
      waiting = [];
    },
    get taken() {
      return pushed - stream().readableLength;
    },
  };
}
