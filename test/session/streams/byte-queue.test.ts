import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { describe, it } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createByteQueue, PIECE_COST_BYTES } from '../../../src/session/streams/byte-queue.ts';
import { readFrom, WAITING_BYTES_LIMIT } from '../../../src/session/port/connection/byte-source.ts';

const KIB = 1024;
const CHUNKS = 1000;

/** Has everything collected that nothing refers to. */
async function collectGarbage(): Promise<void> {
  setFlagsFromString('--expose_gc');
  const collect = runInNewContext('gc') as () => void;
  // A chunk that has been looked at in this turn of the event loop stays until its end.
  await new Promise(setImmediate);
  collect();
}

describe('a queue of bytes', () => {
  it('keeps nothing of what was taken, though it is never empty', async () => {
    const queue = createByteQueue();
    const chunks: WeakRef<Buffer>[] = [];
    for (let pushed = 0; pushed < CHUNKS; pushed++) {
      const chunk = Buffer.alloc(KIB);
      chunks.push(new WeakRef(chunk));
      queue.push(chunk);
      if (pushed > 0) queue.take(KIB);
    }
    await collectGarbage();
    const kept = chunks.filter((chunk) => chunk.deref() !== undefined).length;
    assert.ok(kept <= 3, `${kept} chunks kept`);
    assert.equal(queue.size(), KIB);
  });

  it('counts what each piece costs besides its bytes', () => {
    const queue = createByteQueue();
    for (let i = 0; i < 100; i++) queue.push(Buffer.alloc(1));
    assert.equal(queue.cost(), 100 * (1 + PIECE_COST_BYTES));
    queue.take(40);
    assert.equal(queue.cost(), 60 * (1 + PIECE_COST_BYTES));
    queue.take(60);
    assert.equal(queue.cost(), 0);
  });

  it('makes a local program wait that sends byte by byte', () => {
    const program = new PassThrough();
    const source = readFrom(program, { bytes: () => undefined, ended: () => undefined });
    let bytes = 0;
    while (!program.isPaused()) {
      assert.ok(bytes < WAITING_BYTES_LIMIT, 'it is read on');
      program.emit('data', Buffer.alloc(1));
      bytes++;
    }
    assert.equal(bytes, Math.ceil(WAITING_BYTES_LIMIT / (1 + PIECE_COST_BYTES)));
    source.take(bytes);
    assert.equal(program.isPaused(), false);
  });
});
