import type { AskedBlock } from '../../../../../src/commands/cp/down/blocks/block-queue.ts';
import { UNIT_BYTES } from '../../../../../src/commands/cp/down/blocks/block-request.ts';
import type { Transfer } from '../../../../../src/commands/cp/down/blocks/transfer.ts';
import { createVirtualClock } from '../../../../support/virtual-clock.ts';

/** A line to the target, and what reads here. */
export interface VirtualLine {
  /** Bytes of base64 a second. */
  readonly bytesPerSecond: number;
  /** In milliseconds. */
  readonly roundTripMs: number;
  /** Bytes of the source that are written here in a second; undefined for at once. */
  readonly writtenPerSecond?: number;
  readonly sessions?: readonly number[];
}

/** What a copy over a line did. */
export interface VirtualCopy {
  readonly seconds: number;
  /** The most that was asked for and not written, in bytes of base64. */
  readonly mostWaiting: number;
  /** The longest that a block took from its request, in milliseconds, after the first second. */
  readonly longestMs: number;
  /** Messages of the agent that arrived in the busiest second, of one session. */
  readonly mostMessages: number;
}

/** Copies zeros of a file that long over a line, in virtual time. */
export function copyOver(transfer: Transfer, size: number, line: VirtualLine): VirtualCopy {
  const { bytesPerSecond, roundTripMs, writtenPerSecond, sessions = [0] } = line;
  const clock = createVirtualClock();
  const messages: { readonly session: number; readonly at: number; readonly count: number }[] = [];
  let lineFreeAt = 0;
  let waiting = 0;
  let mostWaiting = 0;
  let longestMs = 0;
  let isWriting = false;
  let again: { cancel(): void } | undefined;

  const arrive = (block: AskedBlock, data: Buffer): void => {
    const now = clock.monotonic();
    if (now > 1000) longestMs = Math.max(longestMs, now - block.askedAt);
    transfer.arrived(block, data, now);
    write();
    advance();
  };
  const write = (): void => {
    const bytes = transfer.next;
    if (isWriting || bytes === undefined) return;
    isWriting = true;
    const took = writtenPerSecond === undefined ? 0 : (bytes.length / writtenPerSecond) * 1000;
    clock.after(took, () => {
      isWriting = false;
      waiting -= (Math.ceil(bytes.length / UNIT_BYTES) * UNIT_BYTES * 4) / 3;
      transfer.delivered();
      write();
      advance();
    });
  };
  const send = (block: AskedBlock): void => {
    const start = block.skip * UNIT_BYTES;
    const data = Buffer.alloc(Math.min(block.units * UNIT_BYTES, size - start));
    const encoded = (data.length / 3) * 4;
    waiting += (block.units * UNIT_BYTES * 4) / 3;
    mostWaiting = Math.max(mostWaiting, waiting);
    const reaches = clock.monotonic() + roundTripMs / 2;
    lineFreeAt = Math.max(lineFreeAt, reaches) + (encoded / bytesPerSecond) * 1000;
    const at = lineFreeAt + roundTripMs / 2;
    messages.push({ session: block.session, at, count: Math.ceil(encoded / 1024) });
    clock.after(at - clock.monotonic(), () => arrive(block, data));
  };
  const advance = (): void => {
    again?.cancel();
    const due = transfer.ask(sessions, clock.monotonic());
    due.blocks.forEach(send);
    again = due.again === undefined ? undefined : clock.after(due.again, advance);
  };

  advance();
  while (!transfer.isDelivered) {
    if (clock.pending === 0) throw new Error('the copy stands still');
    clock.advance(1);
  }
  return {
    seconds: clock.monotonic() / 1000,
    mostWaiting,
    longestMs,
    mostMessages: busiest(messages),
  };
}

function busiest(
  messages: readonly { readonly session: number; readonly at: number; readonly count: number }[],
): number {
  const inSecondFrom = (session: number, from: number): number =>
    messages
      .filter((one) => one.session === session && one.at >= from && one.at < from + 1000)
      .reduce((sum, { count }) => sum + count, 0);
  return Math.max(...messages.map(({ session, at }) => inSecondFrom(session, at)));
}
