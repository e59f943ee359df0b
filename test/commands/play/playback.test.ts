import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createPauseLimit, createPlayback } from '../../../src/commands/play/playback.ts';
import { createVirtualClock } from '../../support/virtual-clock.ts';

/** Lets all promises that can settle now do so. */
function settled(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

describe('the time of a recording that is played', () => {
  it('passes as fast as asked', async () => {
    const clock = createVirtualClock();
    const playback = createPlayback(clock, 4);
    let reached: boolean | undefined;
    void playback.until(1_000).then((isReached) => (reached = isReached));
    clock.advance(249);
    await settled();
    assert.equal(reached, undefined);
    clock.advance(1);
    await settled();
    assert.equal(reached, true);
    assert.equal(await playback.until(999), true);
  });

  it('does not pass during a pause', async () => {
    const clock = createVirtualClock();
    const playback = createPlayback(clock, 1);
    let reached: boolean | undefined;
    void playback.until(1_000).then((isReached) => (reached = isReached));
    clock.advance(600);
    playback.togglePause();
    await settled();
    clock.advance(60_000);
    await settled();
    assert.equal(reached, undefined);
    playback.togglePause();
    await settled();
    clock.advance(399);
    await settled();
    assert.equal(reached, undefined);
    clock.advance(1);
    await settled();
    assert.equal(reached, true);
  });

  it('ends at once when it is stopped, also in a pause, and leaves no timer', async () => {
    for (const isPaused of [false, true]) {
      const clock = createVirtualClock();
      const playback = createPlayback(clock, 1);
      const reached = playback.until(1_000);
      if (isPaused) playback.togglePause();
      await settled();
      playback.stop();
      playback.togglePause();
      assert.equal(await reached, false);
      assert.equal(await playback.until(0), false);
      assert.equal(clock.pending, 0);
    }
  });

  it('can be longer than a timer of the system', async () => {
    const clock = createVirtualClock();
    const playback = createPlayback(clock, 0.001);
    let reached: boolean | undefined;
    void playback.until(3_000_000).then((isReached) => (reached = isReached));
    clock.advance(2 ** 31 - 1);
    await settled();
    assert.equal(reached, undefined);
    clock.advance(3_000_000_000 - (2 ** 31 - 1));
    await settled();
    assert.equal(reached, true);
  });
});

describe('a limit of pauses', () => {
  it('shortens those that are longer, and moves what follows', () => {
    const shorten = createPauseLimit(2_000);
    assert.deepEqual([0, 1_000, 9_000, 8_500, 10_000, 20_000].map(shorten), [
      ...[0, 1_000, 3_000, 2_500, 4_000, 6_000],
    ]);
    assert.deepEqual([0, 9e9].map(createPauseLimit(Infinity)), [0, 9e9]);
  });
});
