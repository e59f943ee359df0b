import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  idleCountsFrom,
  startIdleTimer,
} from '../../../../src/session/port/connection/idle-timer.ts';
import { createVirtualClock } from '../../../support/virtual-clock.ts';

const PERIOD_MS = 5_000;

interface Watched {
  readonly clock: ReturnType<typeof createVirtualClock>;
  readonly link: { receivingSince: number | undefined };
  readonly side: { busy: boolean };
  readonly calls: number[];
}

function watch(): Watched {
  const clock = createVirtualClock();
  const link: Watched['link'] = { receivingSince: 0 };
  const side = { busy: false };
  const calls: number[] = [];
  startIdleTimer(
    clock,
    PERIOD_MS,
    idleCountsFrom(clock, link, () => side.busy),
    () => calls.push(clock.monotonic()),
  );
  return { clock, link, side, calls };
}

describe('idle time', () => {
  it('is a whole period without a byte', () => {
    const { clock, calls } = watch();
    clock.advance(PERIOD_MS);
    assert.deepEqual(calls, [PERIOD_MS]);
  });

  it('does not count while the connection is lost, and starts anew when it is resumed', () => {
    const { clock, link, calls } = watch();
    clock.advance(1_000);
    link.receivingSince = undefined;
    clock.advance(60_000);
    assert.deepEqual(calls, []);
    link.receivingSince = clock.monotonic();
    clock.advance(PERIOD_MS - 1);
    assert.deepEqual(calls, []);
    clock.advance(1);
    assert.equal(calls.length, 1);
  });

  it('does not count while received bytes are still on their way to the local side', () => {
    const { clock, side, calls } = watch();
    side.busy = true;
    clock.advance(60_000);
    assert.deepEqual(calls, []);
    side.busy = false;
    clock.advance(PERIOD_MS);
    assert.equal(calls.length, 1);
  });
});
