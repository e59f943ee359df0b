import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createFramePool } from '../../src/channel/frame-pool.ts';

/** A frame with a full payload, and one whose payload is encrypted. */
const [FULL, ENCRYPTED] = [120 + 1024, 120 + 1052];
/** As many as fit into the largest window, 256 KiB. */
const MOST_FREE = 256;

describe('the memory of sent frames', () => {
  it('is used again after the acknowledgement', () => {
    for (const length of [FULL, ENCRYPTED]) {
      const pool = createFramePool();
      const first = pool.allocate(length);
      assert.notEqual(pool.allocate(length), first);
      pool.free(first);
      assert.equal(pool.allocate(length), first);
    }
  });

  it('is exactly as long as the frame', () => {
    const pool = createFramePool();
    for (const length of [FULL, 121, ENCRYPTED, 500, FULL]) {
      const frame = pool.allocate(length);
      assert.equal(frame.length, length);
      pool.free(frame);
    }
  });

  it('is kept for the frames of the largest window, and no more', () => {
    const pool = createFramePool();
    const frames = Array.from({ length: MOST_FREE + 1 }, () => pool.allocate(FULL));
    for (const frame of frames) pool.free(frame);
    const again = new Set(frames.map(() => pool.allocate(FULL)));
    assert.equal(frames.filter((frame) => again.has(frame)).length, MOST_FREE);
  });
});
