import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createRepaint } from '../../../src/session/shell/repaint.ts';
import type { OutgoingMessage } from '../../../src/session/session-type.ts';
import { createVirtualClock } from '../../support/virtual-clock.ts';
import { createScriptedTerminal } from '../support/scripted-terminal.ts';

interface Setup {
  readonly start: () => void;
  readonly stop: () => void;
  /** The agent acknowledges what was sent, and time passes. */
  readonly acknowledge: () => void;
  /** The payloads sent so far. */
  readonly sizes: readonly string[];
}

function setUp(): Setup {
  const clock = createVirtualClock();
  const sizes: string[] = [];
  let acknowledged: () => void = () => undefined;
  const link = {
    send: ({ payload }: OutgoingMessage) => sizes.push(payload.toString()),
    whenAcknowledged: (callback: () => void) => {
      acknowledged = callback;
    },
  };
  const repaint = createRepaint(link, createScriptedTerminal(true), clock);
  return {
    ...repaint,
    acknowledge() {
      acknowledged();
      clock.advance(1_000);
    },
    sizes,
  };
}

describe('the remote side that is to draw again', () => {
  it('has one row less, and then the size as it is', () => {
    const { start, acknowledge, sizes } = setUp();
    start();
    assert.deepEqual(sizes, ['{"cols":80,"rows":23}']);
    acknowledge();
    assert.deepEqual(sizes, ['{"cols":80,"rows":23}', '{"cols":80,"rows":24}']);
  });

  it('has it once, however many connections are lost before it is acknowledged', () => {
    const { start, acknowledge, sizes } = setUp();
    for (let i = 0; i < 100; i++) start();
    assert.equal(sizes.length, 1);
    acknowledge();
    assert.equal(sizes.length, 2);
    start();
    assert.equal(sizes.length, 3);
  });

  it('gets no size any more when the session has ended', () => {
    const { start, stop, acknowledge, sizes } = setUp();
    start();
    stop();
    acknowledge();
    assert.equal(sizes.length, 1);
  });
});
