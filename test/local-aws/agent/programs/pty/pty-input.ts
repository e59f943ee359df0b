import { writeSync } from 'node:fs';
import { createDeferred, type Deferred } from '../../../../../src/lib/deferred.ts';

/** How soon a full terminal is tried again when it has not given output meanwhile. */
const RETRY_MS = 5;

/** Writes to the master of a pseudo-terminal without ever waiting for it. */
export interface PtyInput {
  /** @returns what to wait for until all of it is written, if it cannot be written at once */
  write(bytes: Buffer): Promise<void> | undefined;
  /** Tries again what the terminal had no room for. */
  flush(): void;
  /** Stops writing: another file may soon use the descriptor. */
  close(): void;
}

/**
 * A terminal's command that waits for its output to be read reads no input. A stream would wait for
 * it and so never read the output: writes to the master of a terminal are blocking for libuv.
 *
 * @param fd - a descriptor in non-blocking mode
 */
export function createPtyInput(fd: number): PtyInput {
  let waiting: Buffer[] = [];
  let written: Deferred<void> | undefined;
  let retry: NodeJS.Timeout | undefined;
  let closed = false;

  const settle = (): void => {
    waiting = [];
    written?.resolve();
    written = undefined;
  };
  const flush = (): void => {
    clearTimeout(retry);
    while (!closed) {
      const [first] = waiting;
      if (first === undefined) break;
      const count = tryWrite(fd, first);
      if (count === 'closed') {
        waiting = [];
      } else if (count === 'full') {
        retry = setTimeout(flush, RETRY_MS);
        return;
      } else if (count === first.length) {
        waiting.shift();
      } else {
        waiting[0] = first.subarray(count);
      }
    }
    settle();
  };
  return {
    write(bytes) {
      if (closed || bytes.length === 0) return undefined;
      waiting.push(bytes);
      if (waiting.length === 1) flush();
      if (waiting.length === 0) return undefined;
      written ??= createDeferred();
      return written.promise;
    },
    flush() {
      if (waiting.length > 0) flush();
    },
    close() {
      closed = true;
      clearTimeout(retry);
      settle();
    },
  };
}

function tryWrite(fd: number, bytes: Buffer): number | 'full' | 'closed' {
  try {
    return writeSync(fd, bytes);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EAGAIN' ? 'full' : 'closed';
  }
}
