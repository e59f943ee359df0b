import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ENDED, RESTARTING, run } from './support/running-port.ts';

describe('the sessions of a port that is idle', () => {
  it('are ended after a time without a connection, and not replaced', async () => {
    const { sessions, changes, signals, join, end, pass } = run(2, {
      ...RESTARTING,
      idleMs: 60_000,
    });
    await join(0, 1);
    await pass(59_999);
    assert.equal(signals.ended, 0);
    await pass(1);
    assert.equal(signals.ended, 2);
    assert.deepEqual(
      sessions.map((session) => session.isDismissed()),
      [true, true],
    );
    await end(0, ENDED);
    await end(1, ENDED);
    assert.deepEqual(changes, ['joined 1', 'joined 2', 'ended 1', 'idle', 'ended 0']);
  });

  it('are not ended while a connection is open, and each connection starts the time again', async () => {
    const { signals, join, connect, disconnect, pass } = run(1, {
      ...RESTARTING,
      idleMs: 60_000,
    });
    await join(0);
    await pass(59_999);
    connect(0, 1);
    await pass(60_000);
    disconnect(0, 0);
    await pass(59_999);
    connect(0, 1);
    disconnect(0, 0);
    await pass(59_999);
    assert.equal(signals.ended, 0);
    await pass(1);
    assert.equal(signals.ended, 1);
  });
});
