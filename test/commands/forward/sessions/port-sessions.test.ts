import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import { describe, it } from 'node:test';
import { AwsError } from '../../../../src/aws/sdk/aws-error.ts';
import { runPortSessions } from '../../../../src/commands/forward/sessions/port-sessions.ts';
import { testFailure } from '../../../support/test-failure.ts';
import { createVirtualClock } from '../../../support/virtual-clock.ts';
import { createTestSignals } from './support/test-signals.ts';
import { ENDED, failed, LOST, ONCE, RESTARTING, run } from './support/running-port.ts';

describe('the sessions of a port', () => {
  it('are started when the first one listens, at most four at a time', async () => {
    const { sessions, join } = run(7);
    await setImmediate();
    assert.equal(sessions.length, 1);
    await join(0);
    assert.equal(sessions.length, 5);
    await join(2);
    assert.equal(sessions.length, 6);
    await join(5);
    assert.equal(sessions.length, 7);
  });

  it('are not started when the first one fails', async () => {
    const { sessions, changes, outcome, end } = run(3);
    await end(0, failed('port in use'));
    assert.deepEqual(await outcome, failed('port in use'));
    assert.equal(sessions.length, 1);
    assert.deepEqual(changes, []);
  });

  it('are not started any more when one of them cannot be', async () => {
    const { sessions, changes, join } = run(9);
    await join(0, 1);
    assert.equal(sessions.length, 6);
    sessions[2]?.end(failed('quota'));
    await setImmediate();
    await join(3, 4, 5);
    assert.equal(sessions.length, 6);
    assert.deepEqual(changes, [
      'joined 1',
      'joined 2',
      'quota 2',
      'joined 3',
      'joined 4',
      'joined 5',
    ]);
  });

  it('report no number where there is only one', async () => {
    const { sessions, changes, outcome, join, end } = run(1);
    await join(0);
    sessions[0]?.onEvent(LOST);
    sessions[0]?.onEvent({ kind: 'reconnected' });
    await end(0, ENDED);
    assert.deepEqual(await outcome, ENDED);
    assert.deepEqual(changes, ['reconnecting', 'reconnected']);
  });

  it('go on when one of them cannot be started, fails or ends', async () => {
    const { sessions, changes, outcome, join, end } = run(4);
    await join(0, 1, 2);
    sessions[3]?.end(failed('quota'));
    await setImmediate();
    await end(0, failed('idle'));
    await end(1, ENDED);
    assert.deepEqual(changes, ['joined 1', 'joined 2', 'joined 3', 'quota 3', 'idle 2', 'ended 1']);
    await end(2, failed('the last one'));
    assert.deepEqual(await outcome, failed('the last one'));
  });

  it('end as the one that was the last to take connections, whenever the others end', async () => {
    const { sessions, outcome, join } = run(2);
    await join(0, 1);
    sessions[0]?.onEvent({ kind: 'left' });
    sessions[1]?.onEvent({ kind: 'left' });
    sessions[1]?.end(ENDED);
    await setImmediate();
    sessions[0]?.end(failed('lost before, and slow to end'));
    assert.deepEqual(await outcome, ENDED);
  });

  it('cut the port off only when the connection of each is lost', async () => {
    const { sessions, changes, join } = run(2);
    await join(0, 1);
    sessions[0]?.onEvent(LOST);
    sessions[1]?.onEvent(LOST);
    sessions[1]?.onEvent({ kind: 'reconnected' });
    sessions[0]?.onEvent({ kind: 'reconnected' });
    assert.deepEqual(changes.slice(2), [
      'lost 1',
      'reconnecting',
      'lost 0',
      'reconnected',
      'resumed 1',
      'resumed 2',
    ]);
  });

  it('cut the port off when the last one that was connected ends', async () => {
    const { sessions, changes, join, end } = run(2);
    await join(0, 1);
    sessions[0]?.onEvent(LOST);
    await end(1, failed('idle'));
    assert.deepEqual(changes.slice(2), ['lost 1', 'reconnecting', 'idle 0']);
  });

  it('are no longer started or reported after a signal', async () => {
    const { sessions, changes, outcome, signals, join, end } = run(9);
    await join(0);
    signals.stop();
    await end(0, ENDED);
    for (const index of [1, 2, 3, 4]) await end(index, { kind: 'ended', status: 130 });
    assert.deepEqual(await outcome, ENDED);
    assert.equal(sessions.length, 5);
    assert.deepEqual(changes, ['joined 1']);
  });

  it('fail with an error that no session can report', async () => {
    const outcome = runPortSessions({
      policy: { ...ONCE, count: 2 },
      run: () => Promise.reject(new Error('internal')),
      report: () => undefined,
      reportFailure: () => undefined,
      signals: createTestSignals(),
      listener: undefined,
      hasPeerClosed: () => Promise.resolve(false),
      clock: createVirtualClock(),
      random: () => 0,
    });
    await assert.rejects(outcome, /internal/);
  });
});

describe('the sessions of a port whose start AWS throttles', () => {
  const THROTTLED = new AwsError(testFailure('throttled', 'too many requests'));

  it('pause, and the port reports it until they are started again', async () => {
    const { sessions, changes, join } = run(1);
    sessions[0]?.turns.throttled(THROTTLED, 1_500);
    sessions[0]?.turns.again();
    sessions[0]?.turns.throttled(THROTTLED, 3_000);
    sessions[0]?.turns.again();
    await join(0);
    assert.equal(sessions.length, 1);
    assert.deepEqual(changes, [
      'too many requests, pausing',
      'starting',
      'too many requests, pausing',
      'starting',
      'ready',
    ]);
  });

  it('end with the status of the signal that comes meanwhile', async () => {
    const { sessions, outcome, clock, signals, fail } = run(1, RESTARTING);
    sessions[0]?.turns.throttled(THROTTLED, 1_500);
    signals.stop();
    await fail(0, { kind: 'ended', status: 143 });
    assert.deepEqual(await outcome, { kind: 'ended', status: 143 });
    assert.equal(clock.pending, 0);
  });

  it('have their two minutes for the start only while they are not throttled', async () => {
    const { sessions, signals, join, end, connect, pass } = run(1, RESTARTING);
    await join(0);
    await end(0, ENDED, { open: 1, livedMs: 10_000 });
    connect(1, 1);
    await pass(100_000);
    sessions[1]?.turns.throttled(THROTTLED, 30_000);
    await pass(30_000);
    sessions[1]?.turns.again();
    await pass(119_999);
    assert.equal(signals.ended, 0);
    await pass(1);
    assert.equal(signals.ended, 1);
  });
});
