import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createBlockPool } from '../../../../../src/commands/cp/down/blocks/block-pool.ts';

describe('the memory of blocks', () => {
  it('is used again when a block is not used any more, also if only a part of it was', () => {
    const pool = createBlockPool();
    const first = pool.copy(Buffer.from('first'));
    pool.free(first.subarray(2));
    const second = pool.copy(Buffer.from('other'));
    assert.equal(second.buffer, first.buffer);
    assert.equal(second.toString(), 'other');
  });

  it('is not used again while a block is used', () => {
    const pool = createBlockPool();
    const first = pool.copy(Buffer.from('first'));
    assert.notEqual(pool.copy(Buffer.from('other')).buffer, first.buffer);
    assert.equal(first.toString(), 'first');
  });

  it('is given up when blocks get another length', () => {
    const pool = createBlockPool();
    const first = pool.copy(Buffer.from('first'));
    pool.free(first);
    pool.free(pool.copy(Buffer.from('another length')));
    assert.notEqual(pool.copy(Buffer.from('other')).buffer, first.buffer);
  });

  it('is only that of its own blocks', () => {
    const pool = createBlockPool();
    pool.copy(Buffer.from('first'));
    const foreign = Buffer.allocUnsafeSlow(5);
    pool.free(foreign);
    assert.notEqual(pool.copy(Buffer.from('other')).buffer, foreign.buffer);
  });
});
