import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import { describe, it } from 'node:test';
import type { PortChange } from '../../../../src/commands/forward/forwarded-port.ts';
import {
  runPortSessions,
  type PortSession,
  type SessionOutcome,
} from '../../../../src/commands/forward/sessions/port-sessions.ts';
import { createDeferred } from '../../../../src/lib/deferred.ts';

const ENDED: SessionOutcome = { kind: 'ended', status: 0 };
const failed = (message: string): SessionOutcome => ({
  kind: 'failed',
  status: 255,
  reason: 'session',
  code: 'session-closed',
  message,
});
const LOST = { kind: 'reconnecting', reason: 'reset', since: 0 } as const;

/** A session that a test makes join, leave and end. */
interface Started extends PortSession {
  readonly end: (outcome: SessionOutcome) => void;
}

interface Running {
  readonly sessions: readonly Started[];
  /** What was reported, in short. */
  readonly changes: readonly string[];
  readonly outcome: Promise<SessionOutcome>;
  readonly interrupt: () => void;
  /** The session leaves its port, and ends. */
  readonly end: (index: number, outcome: SessionOutcome) => Promise<void>;
  readonly join: (...indexes: readonly number[]) => Promise<void>;
}

function short(change: PortChange): string {
  switch (change.kind) {
    case 'sessions':
      return `${change.because} ${change.sessions.up}`;
    case 'session-failed':
      return `${change.message} ${change.sessions.up}`;
    default:
      return change.kind;
  }
}

function run(count: number): Running {
  const sessions: Started[] = [];
  const changes: string[] = [];
  const interrupted = createDeferred<undefined>();
  const outcome = runPortSessions({
    count,
    run(session) {
      const { promise, resolve } = createDeferred<SessionOutcome>();
      sessions.push({ ...session, end: resolve });
      return promise;
    },
    report: (change) => void changes.push(short(change)),
    interrupted: interrupted.promise,
  });
  return {
    sessions,
    changes,
    outcome,
    interrupt: () => interrupted.resolve(undefined),
    async end(index, how) {
      sessions[index]?.onEvent({ kind: 'left' });
      sessions[index]?.end(how);
      await setImmediate();
    },
    async join(...indexes) {
      for (const index of indexes) {
        sessions[index]?.onEvent({ kind: 'joined' });
        await setImmediate();
      }
    },
  };
}

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
    const { sessions, changes, outcome, interrupt, join, end } = run(9);
    await join(0);
    interrupt();
    await end(0, ENDED);
    for (const index of [1, 2, 3, 4]) await end(index, { kind: 'ended', status: 130 });
    assert.deepEqual(await outcome, ENDED);
    assert.equal(sessions.length, 5);
    assert.deepEqual(changes, ['joined 1']);
  });

  it('fail with an error that no session can report', async () => {
    const outcome = runPortSessions({
      count: 2,
      run: () => Promise.reject(new Error('internal')),
      report: () => undefined,
      interrupted: new Promise(() => undefined),
    });
    await assert.rejects(outcome, /internal/);
  });
});
