import { writeSync } from 'node:fs';

/** How soon a full terminal is tried again when it has not given output meanwhile. */
const RETRY_MS = 5;

/** Writes to the master of a pseudo-terminal without ever waiting for it. */
export interface PtyInput {
  write(bytes: Buffer): void;
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
  let retry: NodeJS.Timeout | undefined;
  let closed = false;

  const flush = (): void => {
    clearTimeout(retry);
    while (!closed) {
      const [first] = waiting;
      if (first === undefined) return;
      const written = tryWrite(fd, first);
      if (written === 'closed') {
        waiting = [];
      } else if (written === 'full') {
        retry = setTimeout(flush, RETRY_MS);
        return;
      } else if (written === first.length) {
        waiting.shift();
      } else {
        waiting[0] = first.subarray(written);
      }
    }
  };
  return {
    write(bytes) {
      if (closed || bytes.length === 0) return;
      waiting.push(bytes);
      if (waiting.length === 1) flush();
    },
    flush() {
      if (waiting.length > 0) flush();
    },
    close() {
      closed = true;
      waiting = [];
      clearTimeout(retry);
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
