import type { Writable } from 'node:stream';
import type { HeldBytes } from './held-bytes.ts';

/** Bytes on their way from the target to a local stream. */
export interface ByteSink {
  /** Bytes given to it that the system has not taken yet. */
  held(): number;
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
  /** Taken and not yet given to the stream. */
  let pieces: Buffer[] = [];
  let unwritten = 0;

  const settle = (bytes: number): void => {
    if (gone) return;
    held -= bytes;
    account.remove(bytes);
  };

  const flush = (): void => {
    if (gone || pieces.length === 0) return;
    // Payloads are parts of larger buffers. While the reader is slow they are copied out of them, so
    // that no more memory is held than the account says.
    const batch = stream.writableLength > 0 ? [Buffer.concat(pieces)] : pieces;
    const bytes = unwritten;
    pieces = [];
    unwritten = 0;
    const last = batch.pop();
    stream.cork();
    for (const piece of batch) stream.write(piece);
    stream.write(last, () => settle(bytes));
    stream.uncork();
  };

  return {
    held() {
      return held;
    },
    write(bytes) {
      if (gone || bytes.length === 0) return;
      held += bytes.length;
      unwritten += bytes.length;
      // Payloads come dozens at a time in one read of the network: one system call takes them all.
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
