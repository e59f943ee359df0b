import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { watchTunnel, type TunnelWatch } from '../../../src/cli/tunnel/tunnel-watch.ts';
import { createVirtualClock, type VirtualClock } from '../../support/virtual-clock.ts';

/** A watched tunnel, and what happens to it. */
function watched(): {
  readonly clock: VirtualClock;
  readonly watch: TunnelWatch;
  readonly seen: {
    pings: number;
    losses: number;
    lostConnections: number;
    since: number | undefined;
  };
} {
  const clock = createVirtualClock();
  const seen = { pings: 0, losses: 0, lostConnections: 0, since: 0 as number | undefined };
  const watch = watchTunnel(clock, {
    connectedSince: () => seen.since,
    disconnected: () => seen.lostConnections++,
    ping: () => seen.pings++,
    lost: () => seen.losses++,
  });
  return { clock, watch, seen };
}

describe('the watch of a fast tunnel', () => {
  it('pings an idle tunnel every 15 s, so that its relay does not end', () => {
    const { clock, watch, seen } = watched();
    for (const pings of [1, 2, 3]) {
      clock.advance(15_000);
      assert.equal(seen.pings, pings);
      watch.received();
      watch.ponged();
    }
    watch.stop();
    clock.advance(60_000);
    assert.deepEqual(seen, { pings: 3, losses: 0, lostConnections: 0, since: 0 });
  });

  it('asks when data has stopped, and loses a tunnel that does not answer for 10 s, once', () => {
    const { clock, watch, seen } = watched();
    watch.received();
    clock.advance(2_000);
    assert.equal(seen.pings, 1);
    clock.advance(9_000);
    assert.equal(seen.losses, 0);
    clock.advance(1_000);
    assert.equal(seen.losses, 1);
    clock.advance(60_000);
    assert.deepEqual(seen, { pings: 1, losses: 1, lostConnections: 0, since: 0 });
  });

  it('does not lose a tunnel that sends anything', () => {
    const { clock, watch, seen } = watched();
    for (let second = 0; second < 60; second++) {
      watch.received();
      clock.advance(1_000);
    }
    assert.equal(seen.losses, 0);
    assert.ok(seen.pings >= 3, 'the relay must receive something');
    watch.stop();
  });

  it('waits while there is no connection, then wants an answer and not only what is repeated', () => {
    const { clock, watch, seen } = watched();
    watch.received();
    seen.since = undefined;
    clock.advance(600_000);
    assert.equal(seen.pings, 0);
    assert.equal(seen.losses, 0);
    assert.equal(seen.lostConnections, 1);
    seen.since = 600_000;
    clock.advance(1_000);
    assert.equal(seen.pings, 1);
    for (let second = 0; second < 9; second++) {
      watch.received();
      clock.advance(1_000);
    }
    assert.equal(seen.losses, 0);
    clock.advance(1_000);
    assert.equal(seen.losses, 1);
  });

  it('wants an answer, too, when a connection was lost and is back between two looks', () => {
    const { clock, watch, seen } = watched();
    watch.received();
    seen.since = 500;
    clock.advance(1_000);
    assert.deepEqual(seen, { pings: 1, losses: 0, lostConnections: 1, since: 500 });
    for (let second = 0; second < 10; second++) {
      watch.received();
      clock.advance(1_000);
    }
    assert.equal(seen.losses, 1);
  });

  it('goes on after the answer to that', () => {
    const { clock, watch, seen } = watched();
    seen.since = undefined;
    clock.advance(5_000);
    seen.since = 5_000;
    clock.advance(3_000);
    watch.received();
    watch.ponged();
    clock.advance(14_000);
    assert.equal(seen.losses, 0);
    watch.stop();
  });
});
