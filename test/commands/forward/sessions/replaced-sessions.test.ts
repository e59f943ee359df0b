import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { describe, it } from 'node:test';
import { sessionFailures } from '../../../../src/failures/session.ts';
import { messageOf } from '../../../../src/lib/errors/failure.ts';
import { ENDED, failed, refused, RESTARTING, run } from './support/running-port.ts';

describe('the sessions of a port that are replaced', () => {
  it('are replaced at once when they end with connections, and the port goes on', async () => {
    const { sessions, changes, join, end } = run(1, RESTARTING);
    await join(0);
    await end(0, failed('idle'), { open: 2, livedMs: 10_000 });
    assert.equal(sessions.length, 2);
    await join(1);
    await end(1, ENDED, { open: 1, livedMs: 10_000 });
    await join(2);
    assert.deepEqual(changes, ['idle, starting', 'ready', 'starting', 'ready']);
  });

  it('are not replaced without a connection', async () => {
    const { sessions, changes, clock, join, end } = run(1, RESTARTING);
    await join(0);
    await end(0, failed('too long'));
    assert.equal(sessions.length, 1);
    assert.equal(clock.pending, 0);
    assert.deepEqual(changes, ['too long, idle']);
  });

  it('are replaced after a pause, longer each time, while none lasts for ten seconds', async () => {
    const { sessions, changes, join, end, connect, pass } = run(1, RESTARTING);
    await join(0);
    await end(0, ENDED, { open: 1 });
    await join(1);
    await end(1, ENDED, { open: 1, livedMs: 9_999 });
    connect(1, 1);
    assert.equal(sessions.length, 2);
    await pass(1_000);
    assert.equal(sessions.length, 3);
    await join(2);
    await end(2, ENDED, { open: 1 });
    connect(2, 1);
    await pass(1_999);
    assert.equal(sessions.length, 3);
    await pass(1);
    await join(3);
    await end(3, ENDED, { open: 1, livedMs: 10_000 });
    assert.equal(sessions.length, 5, 'one that lasted is replaced at once');
    assert.deepEqual(changes.slice(0, 5), ['starting', 'ready', 'pausing', 'starting', 'ready']);
  });

  it('are started at once by each connection when the programs have closed before they end', async () => {
    const { sessions, join, end, connect, disconnect } = run(1, RESTARTING);
    await join(0);
    for (let index = 0; index < 5; index++) {
      connect(index, 1);
      const connection = Object.assign(new PassThrough(), { bytesRead: 0, bytesWritten: 0 });
      sessions[index]?.onEvent({ kind: 'answered', connection, by: 'bytes' });
      disconnect(index, 0);
      await end(index, ENDED);
      connect(index, 1);
      assert.equal(sessions.length, index + 2);
      await join(index + 1);
      disconnect(index + 1, 0);
    }
  });

  it('are not replaced after a pause in which the programs have closed', async () => {
    const { sessions, changes, join, end, pass } = run(1, RESTARTING);
    await join(0);
    await end(0, ENDED, { open: 1 });
    await join(1);
    await end(1, ENDED, { open: 1 });
    await pass(1_000);
    assert.equal(sessions.length, 2);
    assert.deepEqual(changes, ['starting', 'ready', 'pausing', 'idle']);
  });

  it('are not started by connections one after another while each ends at once', async () => {
    const { sessions, changes, join, end, connect, disconnect, pass } = run(1, RESTARTING);
    await join(0);
    await end(0, ENDED);
    connect(0, 1);
    await join(1);
    disconnect(1, 0);
    await end(1, ENDED);
    assert.equal(sessions.length, 2);
    connect(1, 1);
    await pass(999);
    assert.equal(sessions.length, 2);
    await pass(1);
    assert.equal(sessions.length, 3);
    await join(2);
    assert.deepEqual(changes.slice(3), ['idle', 'pausing', 'starting', 'ready']);
    await end(2, ENDED, { open: 1, livedMs: 10_000 });
    assert.equal(sessions.length, 4, 'one that lasted is replaced at once');
  });

  it('end for good when access is denied, or the document is not there, and report it', async () => {
    for (const code of [
      ...['access-denied', 'document-not-found', 'parameters-refused', 'output-unwritable'],
    ]) {
      const { outcome, failures, join, end, fail } = run(1, RESTARTING);
      await join(0);
      await end(0, ENDED, { open: 1, livedMs: 10_000 });
      await fail(1, refused(code));
      assert.deepEqual(await outcome, refused(code));
      assert.deepEqual(failures, [code]);
    }
  });

  it('end for good when the first one fails before the port listens', async () => {
    const { outcome, failures, fail } = run(1, RESTARTING);
    await fail(0, refused('target-not-connected'));
    assert.deepEqual(await outcome, refused('target-not-connected'));
    assert.deepEqual(failures, ['target-not-connected']);
  });

  it('are replaced each on its own, where there are several', async () => {
    const { sessions, changes, join, end } = run(3, RESTARTING);
    await join(0, 1, 2);
    await end(1, failed('cut'), { open: 1, livedMs: 10_000 });
    assert.equal(sessions.length, 4);
    await join(3);
    assert.deepEqual(changes, ['joined 1', 'joined 2', 'joined 3', 'cut 2', 'joined 3']);
  });

  it('end with 0 at a signal, whether there is one or not', async () => {
    for (const left of [{ open: 0 }, { open: 1, livedMs: 10_000 }]) {
      const { outcome, sessions, clock, signals, join, end, fail } = run(1, RESTARTING);
      await join(0);
      await end(0, failed('idle'), left);
      signals.stop();
      // A session that is being started ends with the status of the signal.
      if (sessions.length === 2) await fail(1, { kind: 'ended', status: 130 });
      assert.deepEqual(await outcome, ENDED);
      assert.equal(clock.pending, 0);
    }
  });

  it('end with the status of the signal before the port listens', async () => {
    const { outcome, signals, fail } = run(1, RESTARTING);
    signals.stop();
    await fail(0, { kind: 'ended', status: 130 });
    assert.deepEqual(await outcome, { kind: 'ended', status: 130 });
  });

  it('are ended and tried again after a pause when they do not start in two minutes', async () => {
    const { sessions, changes, clock, signals, join, end, connect, fail, pass } = run(
      1,
      RESTARTING,
    );
    await join(0);
    assert.equal(clock.pending, 0, 'the first one is waited for');
    await end(0, ENDED, { open: 1, livedMs: 10_000 });
    connect(1, 1);
    await pass(119_999);
    assert.equal(signals.ended, 0);
    await pass(1);
    assert.equal(signals.ended, 1);
    assert.equal(sessions[1]?.isDismissed(), true);
    await fail(1, { kind: 'ended', status: 130 });
    await pass(1_000);
    await join(2);
    assert.equal(clock.pending, 0);
    assert.deepEqual(changes, [
      'starting',
      `${messageOf(sessionFailures['agent-silent']())}, pausing`,
      'starting',
      'ready',
    ]);
  });
});
