import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createChunkQueue } from '../../../../src/commands/cp/up/chunks/chunk-queue.ts';
import type { Chunk } from '../../../../src/commands/cp/up/chunks/chunk-source.ts';
import { createDeferred } from '../../../../src/lib/deferred.ts';

function chunk(index: number): Chunk {
  return { index, data: Buffer.from([index]), free: () => undefined };
}

/** A source that has these chunks, and is silent then. */
function silentAfter(...chunks: readonly Chunk[]): AsyncIterator<Chunk, undefined, undefined> {
  const rest = [...chunks];
  const never = createDeferred<IteratorResult<Chunk, undefined>>();
  return {
    next() {
      const value = rest.shift();
      return value === undefined ? never.promise : Promise.resolve({ done: false, value });
    },
  };
}

describe('a queue of chunks', () => {
  it('ends the wait for a source that is silent when it is closed', async () => {
    const queue = createChunkQueue(silentAfter());
    const taken = [queue.take(), queue.take()];
    queue.close();
    assert.deepEqual(await Promise.all(taken), [undefined, undefined]);
    assert.equal(await queue.take(), undefined);
  });

  it('gives a released chunk to a session that waits for a source that is silent', async () => {
    const queue = createChunkQueue(silentAfter(chunk(0)));
    const lost = await queue.take();
    const waiting = queue.take();
    assert.ok(lost !== undefined);
    queue.release([lost]);
    assert.equal(await waiting, lost);
  });

  it('gives a chunk that was read for one session to another one', async () => {
    const queue = createChunkQueue(silentAfter(chunk(0), chunk(1)));
    const taken = await Promise.all([queue.take(), queue.take()]);
    assert.deepEqual(
      taken.map((one) => one?.index),
      [0, 1],
    );
  });

  it('ends when all chunks are acknowledged, and not before', async () => {
    async function* source(): AsyncGenerator<Chunk, undefined, undefined> {
      yield Promise.resolve(chunk(0));
      return undefined;
    }
    const queue = createChunkQueue(source());
    await queue.take();
    const events: string[] = [];
    const end = queue.take().then(() => events.push('ended'));
    await new Promise(setImmediate);
    events.push('acknowledged');
    queue.acknowledge();
    await end;
    assert.deepEqual(events, ['acknowledged', 'ended']);
  });

  it('fails for each session when the source fails', async () => {
    const queue = createChunkQueue({ next: () => Promise.reject(new Error('unreadable')) });
    for (const taken of [queue.take(), queue.take()]) {
      await assert.rejects(taken, { message: 'unreadable' });
    }
  });
});
