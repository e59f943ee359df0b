import { writeSync } from 'node:fs';

declare module 'node-pty' {
  interface Pty {
    /** The terminal's own end, which does not block. */
    readonly fd: number;
  }
}

/** How long to wait when the terminal takes no more keys: there is no event that says when it does. */
const RETRY_MS = 1;

/** Keys on their way into a terminal. */
export interface PtyInput {
  push(keys: Buffer): void;
  close(): void;
}

/**
 * Types as fast as the terminal takes it. The package's own write waits inside the system call, and what
 * the program under test needs to go on reading would wait with it.
 *
 * @param fd - of the terminal's own end; it must not be closed before `close()`
 */
export function createPtyInput(fd: number): PtyInput {
  let waiting: Buffer[] = [];
  let retry: NodeJS.Timeout | undefined;

  const write = (): void => {
    retry = undefined;
    for (let keys = waiting[0]; keys !== undefined; keys = waiting[0]) {
      let written: number;
      try {
        written = writeSync(fd, keys);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'EAGAIN') {
          retry = setTimeout(write, RETRY_MS);
          return;
        }
        waiting = [];
        throw error;
      }
      if (written < keys.length) waiting[0] = keys.subarray(written);
      else waiting.shift();
    }
  };

  return {
    push(keys) {
      waiting.push(keys);
      if (retry === undefined) write();
    },
    close() {
      clearTimeout(retry);
      waiting = [];
    },
  };
}
