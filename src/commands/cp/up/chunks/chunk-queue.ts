import { createChanges } from '../sessions/changes.ts';
import type { Chunk } from './chunk-source.ts';

/** Chunks that several sessions take, each as fast as it can send. */
export interface ChunkQueue {
  /**
   * Waits for a chunk that no session has.
   *
   * @returns undefined when all are acknowledged, or the queue is closed
   * @throws what reading the source throws
   */
  take(): Promise<Chunk | undefined>;
  /** The target has stored a chunk. */
  acknowledge(): void;
  /** A session was lost before the target stored them: another one takes them. */
  giveBack(chunks: Iterable<Chunk>): void;
  /** Returns undefined to all who wait, and from now on. */
  close(): void;
}

/** What a queue does next for a session that asks. */
type Next = 'returned' | 'read' | 'wait' | 'end';

/**
 * A queue of the chunks of a source, which is read only as fast as sessions ask. A chunk stays in memory until it is
 * acknowledged.
 */
export function createChunkQueue(chunks: AsyncIterator<Chunk, undefined, undefined>): ChunkQueue {
  const returned: Chunk[] = [];
  /** Taken and not acknowledged, or being read. */
  let pending = 0;
  let source: 'open' | 'read' | 'closed' = 'open';
  const changes = createChanges();

  const next = (): Next => {
    if (source === 'closed') return 'end';
    if (returned.length > 0) return 'returned';
    if (source === 'open') return 'read';
    return pending === 0 ? 'end' : 'wait';
  };

  const read = async (): Promise<Chunk | undefined> => {
    pending++;
    try {
      const { value } = await chunks.next();
      if (value !== undefined) return value;
    } catch (error) {
      pending--;
      throw error;
    }
    pending--;
    if (source === 'open') source = 'read';
    changes.notify();
    return undefined;
  };

  return {
    async take() {
      for (;;) {
        switch (next()) {
          case 'returned':
            pending++;
            return returned.shift();
          case 'read': {
            const chunk = await read();
            if (chunk !== undefined) return chunk;
            break;
          }
          case 'wait':
            await changes.next();
            break;
          case 'end':
            changes.notify();
            return undefined;
        }
      }
    },
    acknowledge() {
      pending--;
      if (pending === 0) changes.notify();
    },
    giveBack(chunksBack) {
      for (const chunk of chunksBack) {
        pending--;
        returned.push(chunk);
      }
      changes.notify();
    },
    close() {
      source = 'closed';
      changes.notify();
    },
  };
}
