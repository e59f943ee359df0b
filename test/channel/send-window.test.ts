import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createSendWindow } from '../../src/channel/send-window.ts';

const KIB = 1024;

describe('a send window', () => {
  it('admits messages of 1 KiB until 64 KiB are unacknowledged', () => {
    const window = createSendWindow();
    assert.equal(window.admits({ bytes: 63 * KIB, size: 63 }, Infinity), true);
    assert.equal(window.state, 'open');
    assert.equal(window.admits({ bytes: 64 * KIB, size: 64 }, Infinity), false);
    assert.equal(window.state, 'full');
  });

  const steps: readonly (readonly [roundTrip: number, step: number])[] = [
    [1, 16 * KIB],
    [8, 8 * KIB],
    [1_000, KIB],
  ];
  for (const [roundTrip, step] of steps) {
    it(`that was full opens when ${step / KIB} KiB are free, at a round trip of ${roundTrip} ms`, () => {
      const window = createSendWindow();
      window.admits({ bytes: 64 * KIB, size: 64 }, roundTrip);
      assert.equal(window.admits({ bytes: 64 * KIB - step + 1, size: 1 }, roundTrip), false);
      assert.equal(window.admits({ bytes: 64 * KIB - step, size: 1 }, roundTrip), true);
      assert.equal(window.admits({ bytes: 63 * KIB, size: 1 }, roundTrip), true);
    });
  }

  it('admits no more than 10 000 messages, however small they are', () => {
    const window = createSendWindow();
    assert.equal(window.admits({ bytes: 9_999, size: 9_999 }, Infinity), true);
    assert.equal(window.admits({ bytes: 10_000, size: 10_000 }, Infinity), false);
  });

  it('has its size from before a loss again when nothing was lost', () => {
    const window = createSendWindow();
    for (let i = 0; i < 1_000; i++) window.acknowledged(KIB);
    window.lost();
    assert.equal(window.size, 128 * KIB);
    window.undoLoss();
    assert.equal(window.size, 256 * KIB);
    window.acknowledged(KIB);
    assert.equal(window.size, 256 * KIB);
  });
});
