import { asError } from '../../../../lib/errors/as-error.ts';
import { createChangeSignal } from './change-signal.ts';
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
  release(chunks: Iterable<Chunk>): void;
  /** Returns undefined to all waiters, and from now on. A source that is silent does not delay it. */
  close(): void;
}

/** The source: `idle` when no read is under way, `ended` when all is read. */
type SourceState = 'idle' | 'reading' | 'ended' | 'closed' | { readonly error: Error };

/**
 * A queue of the chunks of a source, which is read only as fast as sessions ask. A chunk stays in memory until it is
 * acknowledged.
 */
export function createChunkQueue(chunks: AsyncIterator<Chunk, undefined, undefined>): ChunkQueue {
  /** Read, and no session has them. */
  const free: Chunk[] = [];
  /** Taken and not acknowledged. */
  let pending = 0;
  let source: SourceState = 'idle';
  const changes = createChangeSignal();

  const read = async (): Promise<void> => {
    source = 'reading';
    const next = await chunks.next().catch((error: unknown) => ({ error: asError(error) }));
    if (isClosed()) return;
    if ('error' in next) source = next;
    else if (next.value === undefined) source = 'ended';
    else {
      source = 'idle';
      free.push(next.value);
    }
    changes.notify();
  };
  const isClosed = (): boolean => source === 'closed';

  return {
    async take() {
      for (;;) {
        if (source === 'closed') return undefined;
        const chunk = free.shift();
        if (chunk !== undefined) {
          pending++;
          return chunk;
        }
        if (typeof source === 'object') throw source.error;
        if (source === 'ended' && pending === 0) return undefined;
        if (source === 'idle') void read();
        await changes.next();
      }
    },
    acknowledge() {
      pending--;
      if (pending === 0) changes.notify();
    },
    release(released) {
      for (const chunk of released) {
        pending--;
        free.push(chunk);
      }
      changes.notify();
    },
    close() {
      source = 'closed';
      changes.notify();
    },
  };
}
