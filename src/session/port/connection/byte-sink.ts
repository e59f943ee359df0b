import type { Writable } from 'node:stream';
import { exactConcat } from '../../../lib/exact-copy.ts';
import { PIECE_COST_BYTES } from '../../streams/byte-queue.ts';
import type { ReceiveBudget } from './receive-budget.ts';

/**
 * Pieces that are gathered before they are written. A payload may contain millions of frames of one byte, and
 * each would need its own object.
 */
const GATHERED_PIECES_LIMIT = 1024;

/** Bytes on their way from the target to a local stream. */
export interface ByteSink {
  /** Memory of the bytes that the system has not taken yet. */
  buffered(): number;
  /** Takes bytes without copying; they may be written a moment later, together with others. */
  write(bytes: Buffer): void;
  /** Ends the stream after the bytes that were written. */
  end(): void;
  /** The stream is closed: removes its bytes from the budget, and drops all that follow. */
  discard(): void;
}

/**
 * Writes to a local stream.
 *
 * @param budget - counts the bytes that are buffered here
 */
export function writeTo(stream: Writable, budget: ReceiveBudget): ByteSink {
  let buffered = 0;
  let isDiscarding = false;
  /** Taken and not yet written to the stream. */
  let pieces: Buffer[] = [];
  let unwritten = 0;

  const add = (cost: number): void => {
    buffered += cost;
    budget.add(cost);
  };
  const remove = (cost: number): void => {
    if (isDiscarding) return;
    buffered -= cost;
    budget.remove(cost);
  };

  const flush = (): void => {
    if (isDiscarding || pieces.length === 0) return;
    // Payloads are parts of larger buffers. While the reader is slow, and where they are a small part,
    // they are copied, so that they keep no more memory than the budget counts.
    const isSmallPart = unwritten * 2 < memoryOf(pieces);
    const batch = isSmallPart || stream.writableLength > 0 ? [exactConcat(pieces)] : pieces;
    const cost = PIECE_COST_BYTES + unwritten;
    pieces = [];
    unwritten = 0;
    const last = batch.pop();
    stream.cork();
    for (const piece of batch) stream.write(piece);
    stream.write(last, () => remove(cost));
    stream.uncork();
  };

  return {
    buffered: () => buffered,
    write(bytes) {
      if (isDiscarding || bytes.length === 0) return;
      unwritten += bytes.length;
      // One read from the network brings dozens of payloads: one system call takes them all.
      const gathered = pieces.push(bytes);
      if (gathered === 1) queueMicrotask(flush);
      add(gathered === 1 ? PIECE_COST_BYTES + bytes.length : bytes.length);
      if (gathered === GATHERED_PIECES_LIMIT) flush();
    },
    end() {
      flush();
      if (!isDiscarding) stream.end();
    },
    discard() {
      if (isDiscarding) return;
      isDiscarding = true;
      pieces = [];
      const cost = buffered;
      buffered = 0;
      budget.remove(cost);
    },
  };
}

/** Memory that pieces keep, in bytes: each keeps the whole buffer that it is a part of. */
function memoryOf(pieces: readonly Buffer[]): number {
  let bytes = 0;
  let last: ArrayBufferLike | undefined;
  for (const { buffer } of pieces) {
    // The pieces of one read come one after another.
    if (buffer !== last) bytes += buffer.byteLength;
    last = buffer;
  }
  return bytes;
}
