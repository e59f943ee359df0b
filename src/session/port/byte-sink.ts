import type { Writable } from 'node:stream';
import type { HeldBytes } from './held-bytes.ts';

/** Bytes on their way from the target to a local stream. */
export interface ByteSink {
  /** Bytes given to it that the system has not taken yet. */
  readonly held: number;
  /** Takes bytes without copying; they may be written a moment later, together with others. */
  write(bytes: Buffer): void;
  /** Ends the stream behind what was written. */
  end(): void;
  /** The stream is gone: what it held leaves the account, and what is still written is dropped. */
  forget(): void;
}

/**
 * Writes to a local stream.
 *
 * @param account - what is held here is part of it
 */
export function writeTo(stream: Writable, account: HeldBytes): ByteSink {
  let held = 0;
  let gone = false;
  let pieces: Buffer[] = [];

  const settle = (bytes: number): void => {
    if (gone) return;
    held -= bytes;
    account.remove(bytes);
  };

  const flush = (): void => {
    const [first] = pieces;
    if (gone || first === undefined) return;
    // One system call for many payloads. The copy also lets go of the large buffers that payloads
    // are parts of, so that a slow reader holds no more memory than the account says.
    const bytes = pieces.length > 1 || stream.writableLength > 0 ? Buffer.concat(pieces) : first;
    pieces = [];
    stream.write(bytes, () => settle(bytes.length));
  };

  return {
    get held() {
      return held;
    },
    write(bytes) {
      if (gone || bytes.length === 0) return;
      held += bytes.length;
      // Payloads come dozens at a time in one read of the network: they are written behind it.
      if (pieces.push(bytes) === 1) queueMicrotask(flush);
      account.add(bytes.length);
    },
    end() {
      flush();
      if (!gone) stream.end();
    },
    forget() {
      if (gone) return;
      gone = true;
      pieces = [];
      const bytes = held;
      held = 0;
      account.remove(bytes);
    },
  };
}
