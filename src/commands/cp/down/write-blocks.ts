import type { Transfer } from './blocks/transfer.ts';

/** What happens to blocks. */
export interface BlockWriterEvents {
  /** A block of that many bytes was written. */
  written(bytes: number): void;
  failed(error: unknown): void;
}

/** Writes blocks in their order, one at a time. */
export interface BlockWriter {
  /** Bytes that were written. */
  readonly written: number;
  /** Writes what has arrived, unless it does so already. */
  wake(): void;
  /** Writes no further block, and no events follow. */
  stop(): void;
}

type State = 'idle' | 'writing' | 'stopped';

/** @param write - gets one block at a time, whose memory is used again when it resolves; what it throws is the failure */
export function createBlockWriter(
  transfer: Pick<Transfer, 'next' | 'delivered'>,
  write: (bytes: Buffer) => Promise<void>,
  events: BlockWriterEvents,
): BlockWriter {
  let written = 0;
  let state: State = 'idle';
  const isStopped = (): boolean => state === 'stopped';

  const writeAll = async (): Promise<void> => {
    for (let bytes = transfer.next; bytes !== undefined; bytes = transfer.next) {
      await write(bytes);
      if (isStopped()) return;
      const { length } = bytes;
      written += length;
      transfer.delivered();
      events.written(length);
    }
    if (!isStopped()) state = 'idle';
  };
  return {
    get written() {
      return written;
    },
    wake() {
      if (state !== 'idle') return;
      state = 'writing';
      void writeAll().catch((error: unknown) => {
        if (isStopped()) return;
        state = 'stopped';
        events.failed(error);
      });
    },
    stop() {
      state = 'stopped';
    },
  };
}
