import type { Writable } from 'node:stream';
import { PIECE_COST_BYTES } from '../../streams/byte-queue.ts';
import type { ReceiveBudget } from './receive-budget.ts';

/**
 * Pieces that are gathered before they are written: a payload of any length may bring millions of one
 * byte at once, each with an object of its own.
 */
const GATHERED_PIECES_LIMIT = 1024;

/** Bytes on their way from the target to a local stream. */
export interface ByteSink {
  /** Memory of what was given to it and the system has not taken yet, in bytes. */
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
export function writeTo(stream: Writable, account: ReceiveBudget): ByteSink {
  let held = 0;
  let gone = false;
  /** Taken and not yet given to the stream. */
  let pieces: Buffer[] = [];
  let unwritten = 0;

  const hold = (cost: number): void => {
    held += cost;
    account.add(cost);
  };
  const settle = (cost: number): void => {
    if (gone) return;
    held -= cost;
    account.remove(cost);
  };

  const flush = (): void => {
    if (gone || pieces.length === 0) return;
    // Payloads are parts of larger buffers. While the reader is slow, and where they are a small part,
    // they are copied out of them, so that no more memory is held than the account says.
    const isSmallPart = unwritten * 2 < memoryOf(pieces);
    const batch = isSmallPart || stream.writableLength > 0 ? [Buffer.concat(pieces)] : pieces;
    const cost = PIECE_COST_BYTES + unwritten;
    pieces = [];
    unwritten = 0;
    const last = batch.pop();
    stream.cork();
    for (const piece of batch) stream.write(piece);
    stream.write(last, () => settle(cost));
    stream.uncork();
  };

  return {
    held() {
      return held;
    },
    write(bytes) {
      if (gone || bytes.length === 0) return;
      unwritten += bytes.length;
      // Payloads come dozens at a time in one read of the network: one system call takes them all.
      const gathered = pieces.push(bytes);
      if (gathered === 1) queueMicrotask(flush);
      hold(gathered === 1 ? PIECE_COST_BYTES + bytes.length : bytes.length);
      if (gathered === GATHERED_PIECES_LIMIT) flush();
    },
    end() {
      flush();
      if (!gone) stream.end();
    },
    forget() {
      if (gone) return;
      gone = true;
      pieces = [];
      const cost = held;
      held = 0;
      account.remove(cost);
    },
  };
}

/** Memory that pieces keep, in bytes: of each the whole buffer that it is a part of. */
function memoryOf(pieces: readonly Buffer[]): number {
  let bytes = 0;
  let last: ArrayBufferLike | undefined;
  for (const { buffer } of pieces) {
    // Those of one read come one after another.
    if (buffer !== last) bytes += buffer.byteLength;
    last = buffer;
  }
  return bytes;
}
