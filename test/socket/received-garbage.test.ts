import assert from 'node:assert/strict';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, it } from 'node:test';
import { createCollector, limitGarbage } from '../../src/socket/received-garbage.ts';

const MIB = 1024 * 1024;
const LIMIT_BYTES = 8 * MIB;

/** Counts collections. */
function counted(): { take: (frame: Buffer) => void; collections: () => number } {
  let collections = 0;
  const take = limitGarbage(() => {
    collections++;
  });
  return { take, collections: () => collections };
}

describe('the garbage of received frames', () => {
  it('is collected after each 8 MiB', () => {
    const { take, collections } = counted();
    for (let i = 1; i <= 16; i++) {
      take(Buffer.alloc(MIB));
      assert.equal(collections(), Math.floor((i * MIB) / LIMIT_BYTES));
    }
  });

  it('counts as the reads that short frames keep in memory, each read once', () => {
    const { take, collections } = counted();
    for (let i = 0; i < 7; i++) {
      const read = Buffer.alloc(MIB);
      for (let at = 0; at < 1000; at++) take(read.subarray(at, at + 1));
    }
    assert.equal(collections(), 0);
    take(Buffer.alloc(MIB).subarray(0, 1));
    assert.equal(collections(), 1);
  });

  it('is freed at once, in the same turn of the event loop', () => {
    const take = limitGarbage(createCollector());
    const before = process.memoryUsage().arrayBuffers;
    for (let i = 0; i < 256; i++) take(Buffer.alloc(MIB));
    const kept = process.memoryUsage().arrayBuffers - before;
    assert.ok(kept < 4 * LIMIT_BYTES, `${kept} bytes are kept`);
  });

  it('is collected without a change of the flags of the runtime', () => {
    createCollector()();
    assert.equal(runInNewContext('typeof gc'), 'undefined');
    setFlagsFromString('--expose-gc');
    const exposed: unknown = runInNewContext('typeof gc');
    setFlagsFromString('--no-expose-gc');
    assert.equal(exposed, 'function');
  });
});
