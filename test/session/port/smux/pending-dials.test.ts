import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  createPendingDials,
  type PendingDials,
} from '../../../../src/session/port/smux/pending-dials.ts';
import { createVirtualClock, type VirtualClock } from '../../../support/virtual-clock.ts';

function start(...opened: readonly number[]): {
  readonly clock: VirtualClock;
  readonly dials: PendingDials;
} {
  const clock = createVirtualClock();
  const dials = createPendingDials(clock);
  for (const id of opened) dials.opened(id);
  return { clock, dials };
}

describe('the dials that may be pending', () => {
  it('count until the agent has sent something', () => {
    const { dials } = start(3);
    assert.equal(dials.load, 1);
    dials.answered(3);
    assert.equal(dials.load, 0);
  });

  it('end with the answer on a later stream, because the agent dials in order', () => {
    const { dials } = start(3, 5, 7);
    dials.answered(5);
    assert.equal(dials.load, 1);
    dials.answered(3);
    assert.equal(dials.load, 1);
    dials.answered(7);
    assert.equal(dials.load, 0);
  });

  it('count much more when the oldest one is slow', () => {
    const { clock, dials } = start(3);
    clock.advance(300);
    dials.opened(5);
    assert.equal(dials.load, 2);
    clock.advance(1);
    assert.equal(dials.load, 10);
    dials.answered(3);
    assert.equal(dials.load, 1);
  });

  it('do not include a stream that the agent never learns of', () => {
    const { dials } = start(3, 5);
    dials.withdrawn(3);
    assert.equal(dials.load, 1);
  });
});
