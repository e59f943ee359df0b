import { close, closeSync, constants, open, openSync } from 'node:fs';
import { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import type { Clock } from '../../../lib/clock.ts';

/**
 * How often an open that is to end is released, in milliseconds: nothing reports that the system has begun to wait in it.
 */
const RELEASE_MS = 50;

/** What stops the wait for a writer. */
export interface FifoWait {
  readonly signal: AbortSignal;
  readonly clock: Clock;
}

/**
 * Opens a FIFO for reading, which waits until a program writes to it. That wait holds a thread of the runtime, without
 * whose end the program cannot exit. What is read then holds none: destroying the stream ends it at once.
 *
 * @throws the reason of the signal, and the system's error
 */
export async function openFifo(path: Buffer, { signal, clock }: FifoWait): Promise<Readable> {
  signal.throwIfAborted();
  const opening = promisify(open)(path, constants.O_RDONLY);
  const waiting = new AbortController();
  signal.addEventListener(
    'abort',
    () => {
      release(path);
      const timer = clock.every(RELEASE_MS, () => release(path));
      waiting.signal.addEventListener('abort', () => timer.cancel());
    },
    { signal: waiting.signal },
  );
  try {
    const fd = await opening;
    if (signal.aborted) await promisify(close)(fd);
    signal.throwIfAborted();
    return new Socket({ fd, readable: true, writable: false });
  } finally {
    waiting.abort();
  }
}

/** A writer that comes and goes ends the wait of a reader (fifo(7)). */
function release(path: Buffer): void {
  try {
    closeSync(openSync(path, constants.O_WRONLY | constants.O_NONBLOCK));
  } catch {
    // Nothing waits for one, or not yet.
  }
}
