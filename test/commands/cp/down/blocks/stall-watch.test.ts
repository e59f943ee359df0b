import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  createStallWatch,
  type Activity,
  type StallWatch,
} from '../../../../../src/commands/cp/down/blocks/stall-watch.ts';

/** Checks each second, while the target sends these bytes in each. */
function secondsUntil(
  activity: Activity,
  watch: StallWatch,
  from: number,
  bytesIn: (second: number) => number | undefined,
): number | undefined {
  for (let second = 1; second <= 600; second++) {
    const bytes = bytesIn(second);
    if (bytes !== undefined) watch.received(bytes, from + second * 1000);
    if (watch.check(from + second * 1000) === activity) return second;
  }
  return undefined;
}

function secondsUntilStalled(
  watch: StallWatch,
  from: number,
  bytesIn: (second: number) => number | undefined,
): number | undefined {
  return secondsUntil('stalled', watch, from, bytesIn);
}

function started(): StallWatch {
  const watch = createStallWatch(0);
  watch.received(0, 0);
  watch.waiting(true, 0);
  return watch;
}

/** Ten messages of 1024 bytes: what the agent repeats in a second. */
const REPEATED = 10 * 1024;

describe('a command that answers requests', () => {
  it('has stalled when it is quiet for 5 s', () => {
    assert.equal(
      secondsUntilStalled(started(), 0, () => undefined),
      5,
    );
    assert.equal(
      secondsUntilStalled(started(), 0, (s) => (s <= 60 ? 1e6 : undefined)),
      65,
    );
  });

  it('has not stalled while nothing is asked for, however long', () => {
    const watch = started();
    watch.waiting(false, 0);
    assert.equal(
      secondsUntilStalled(watch, 0, () => undefined),
      undefined,
    );
    watch.waiting(true, 700_000);
    assert.equal(
      secondsUntilStalled(watch, 700_000, () => undefined),
      5,
    );
  });

  it('may take its time to begin', () => {
    const watch = createStallWatch(0);
    watch.waiting(true, 0);
    assert.equal(
      secondsUntilStalled(watch, 0, (s) => (s === 80 ? 0 : undefined)),
      85,
    );
    assert.equal(
      secondsUntilStalled(createStallWatch(0), 0, () => undefined),
      90,
    );
  });

  it('has stalled when the agent only repeats what was lost', () => {
    const seconds = secondsUntilStalled(started(), 0, (s) => (s <= 20 ? 1e6 : REPEATED));
    assert.equal(seconds, 25);
  });

  it('has not stalled on a line as slow as that', () => {
    assert.equal(
      secondsUntilStalled(started(), 0, () => REPEATED),
      undefined,
    );
    assert.equal(
      secondsUntilStalled(started(), 0, () => 500),
      undefined,
    );
  });

  it('may wait for a slow disk while it shows that it is alive, but not for ever', () => {
    const watch = started();
    assert.equal(
      secondsUntil('unanswered', watch, 0, () => 0),
      30,
    );
  });

  it('has stalled when the agent only repeats what a script has written', () => {
    const watch = started();
    const isRepeated = (second: number): boolean => second > 20;
    for (let second = 1; second <= 60; second++) {
      watch.received(isRepeated(second) ? REPEATED : 1e6, second * 1000);
      if (!isRepeated(second)) watch.received(0, second * 1000);
      if (watch.check(second * 1000) === 'stalled') {
        assert.equal(second, 25);
        return;
      }
    }
    assert.fail('it has not stalled');
  });

  it('has not stalled when its script becomes as slow as that', () => {
    const watch = started();
    for (let second = 1; second <= 600; second++) {
      watch.received(second > 20 ? REPEATED : 1e6, second * 1000);
      watch.received(0, second * 1000);
      assert.equal(watch.check(second * 1000), 'active');
    }
  });

  it('may be slower than that when it is excused, while it shows that it is alive', () => {
    const watch = started();
    for (let second = 1; second <= 600; second++) {
      watch.received(0, second * 1000);
      if (watch.check(second * 1000) === 'unanswered') watch.excuse(second * 1000);
    }
    assert.equal(
      secondsUntilStalled(watch, 600_000, () => undefined),
      5,
    );
  });
});
