import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { describe, it } from 'node:test';
import type { PortChange } from '../../../../src/cli/ports/forwarded-port.ts';
import type {
  FailedOutcome,
  SessionOutcome,
} from '../../../../src/commands/forward/sessions/next-step.ts';
import type {
  PortSession,
  SessionPolicy,
} from '../../../../src/commands/forward/sessions/port-session.ts';
import { runPortSessions } from '../../../../src/commands/forward/sessions/port-sessions.ts';
import { sessionFailures } from '../../../../src/failures/session.ts';
import { messageOf } from '../../../../src/lib/errors/failure.ts';
import { createDeferred } from '../../../../src/lib/deferred.ts';
import { createVirtualClock, type VirtualClock } from '../../../support/virtual-clock.ts';
import { createTestSignals, type TestSignals } from './support/test-signals.ts';

const ONCE: SessionPolicy = { count: 1, restarts: false, onDemand: false, idleMs: undefined };
const RESTARTING: SessionPolicy = { ...ONCE, restarts: true };
const ENDED: SessionOutcome = { kind: 'ended', status: 0 };
const failed = (message: string): SessionOutcome => ({
  kind: 'failed',
  status: 255,
  reason: 'session',
  code: 'session-closed',
  message,
});
const refused = (code: string, reason: FailedOutcome['reason'] = 'service'): SessionOutcome => ({
  kind: 'failed',
  status: 255,
  reason,
  code,
  message: code,
});
const NONE = { sent: 0, received: 0 };
const LOST = { kind: 'reconnecting', reason: 'reset', since: 0 } as const;

/** A session that a test makes join, leave and end. */
interface Started extends PortSession {
  readonly end: (outcome: SessionOutcome) => void;
}

interface Running {
  readonly sessions: readonly Started[];
  /** What was reported, in short. */
  readonly changes: readonly string[];
  /** Failures after which there is no session more. */
  readonly failures: readonly string[];
  readonly outcome: Promise<SessionOutcome>;
  readonly clock: VirtualClock;
  readonly signals: TestSignals;
  /** The session leaves its port, and ends. */
  readonly end: (
    index: number,
    outcome: SessionOutcome,
    left?: { readonly open?: number; readonly hasAnswered?: boolean },
  ) => Promise<void>;
  /** The session ends without having taken connections. */
  readonly fail: (index: number, outcome: SessionOutcome) => Promise<void>;
  /** A local program connects or disconnects: `open` are connected then. */
  readonly connect: (index: number, open: number) => void;
  readonly disconnect: (index: number, open: number) => void;
  readonly join: (...indexes: readonly number[]) => Promise<void>;
  /** Lets time pass. */
  readonly pass: (milliseconds: number) => Promise<void>;
}

function short(change: PortChange): string {
  switch (change.kind) {
    case 'sessions':
      return `${change.because} ${change.sessions.up}`;
    case 'session-failed':
      return `${change.message} ${change.sessions.up}`;
    case 'starting':
    case 'idle':
    case 'pausing':
      return change.failure === undefined
        ? change.kind
        : `${change.failure.message}, ${change.kind}`;
    default:
      return change.kind;
  }
}

function run(count: number, policy = ONCE): Running {
  const sessions: Started[] = [];
  const changes: string[] = [];
  const failures: string[] = [];
  const clock = createVirtualClock();
  const signals = createTestSignals();
  const outcome = runPortSessions({
    policy: { ...policy, count },
    run(session) {
      const { promise, resolve } = createDeferred<SessionOutcome>();
      sessions.push({ ...session, end: resolve });
      return promise;
    },
    report(change) {
      if (change.kind !== 'connected' && change.kind !== 'disconnected')
        changes.push(short(change));
    },
    reportFailure: ({ message }) => void failures.push(message),
    signals,
    listener: undefined,
    hasPeerClosed: () => Promise.resolve(false),
    clock,
    random: () => 0,
  });
  return {
    sessions,
    changes,
    failures,
    outcome,
    clock,
    signals,
    async end(index, how, { open = 0, hasAnswered = false } = {}) {
      const connection = Object.assign(new PassThrough(), { bytesRead: 0, bytesWritten: 0 });
      if (open > 0) sessions[index]?.onEvent({ kind: 'connected', open, traffic: NONE });
      if (hasAnswered) sessions[index]?.onEvent({ kind: 'answered', connection, by: 'bytes' });
      sessions[index]?.onEvent({ kind: 'left' });
      if (open > 0) sessions[index]?.onEvent({ kind: 'disconnected', open: 0, traffic: NONE });
      sessions[index]?.end(how);
      await setImmediate();
    },
    async fail(index, how) {
      sessions[index]?.end(how);
      await setImmediate();
    },
    connect: (index, open) => sessions[index]?.onEvent({ kind: 'connected', open, traffic: NONE }),
    disconnect: (index, open) =>
      sessions[index]?.onEvent({ kind: 'disconnected', open, traffic: NONE }),
    async join(...indexes) {
      for (const index of indexes) {
        sessions[index]?.onEvent({ kind: 'joined' });
        await setImmediate();
      }
    },
    async pass(milliseconds) {
      clock.advance(milliseconds);
      await setImmediate();
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

  it('are started again after pauses that grow, while AWS throttles, for about a minute', async () => {
    const { sessions, outcome, failures, fail, pass } = run(1);
    const throttled = refused('throttled', 'throttled');
    for (const pause of [1_000, 2_000, 4_000, 8_000, 16_000]) {
      await fail(sessions.length - 1, throttled);
      const before = sessions.length;
      await pass(pause - 1);
      assert.equal(sessions.length, before);
      await pass(1);
      assert.equal(sessions.length, before + 1);
    }
    await fail(5, throttled);
    assert.deepEqual(await outcome, throttled);
    assert.deepEqual(failures, ['throttled']);
  });
});

describe('the sessions of a port that are replaced', () => {
  it('are replaced at once when they end with connections, and the port goes on', async () => {
    const { sessions, changes, join, end } = run(1, RESTARTING);
    await join(0);
    await end(0, failed('idle'), { open: 2, hasAnswered: true });
    assert.equal(sessions.length, 2);
    await join(1);
    await end(1, ENDED, { open: 1, hasAnswered: true });
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

  it('are replaced after a pause, longer each time, while they end without being of use', async () => {
    const { sessions, changes, join, end, pass } = run(1, RESTARTING);
    await join(0);
    await end(0, ENDED, { open: 1 });
    await join(1);
    await end(1, ENDED, { open: 1 });
    assert.equal(sessions.length, 2);
    await pass(1_000);
    assert.equal(sessions.length, 3);
    await join(2);
    await end(2, ENDED, { open: 1 });
    await pass(1_999);
    assert.equal(sessions.length, 3);
    await pass(1);
    await join(3);
    await end(3, ENDED, { open: 1, hasAnswered: true });
    assert.equal(sessions.length, 5, 'one that was of use is replaced at once');
    assert.deepEqual(changes.slice(0, 5), ['starting', 'ready', 'pausing', 'starting', 'ready']);
  });

  it('end for good when access is denied, or the document is not there, and report it', async () => {
    for (const code of [
      ...['access-denied', 'document-not-found', 'parameters-refused', 'output-unwritable'],
    ]) {
      const { outcome, failures, join, end, fail } = run(1, RESTARTING);
      await join(0);
      await end(0, ENDED, { open: 1, hasAnswered: true });
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
    await end(1, failed('cut'), { open: 1, hasAnswered: true });
    assert.equal(sessions.length, 4);
    await join(3);
    assert.deepEqual(changes, ['joined 1', 'joined 2', 'joined 3', 'cut 2', 'joined 3']);
  });

  it('end with 0 at a signal, whether there is one or not', async () => {
    for (const left of [{ open: 0 }, { open: 1, hasAnswered: true }]) {
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

  it('end with the status of the signal that comes while AWS throttles the first one', async () => {
    const { outcome, clock, signals, fail } = run(1, RESTARTING);
    await fail(0, refused('throttled', 'throttled'));
    signals.stop();
    assert.deepEqual(await outcome, { kind: 'ended', status: 143 });
    assert.equal(clock.pending, 0);
  });

  it('are ended and tried again after a pause when they do not start in two minutes', async () => {
    const { sessions, changes, clock, signals, join, end, connect, fail, pass } = run(
      1,
      RESTARTING,
    );
    await join(0);
    assert.equal(clock.pending, 0, 'the first one is waited for');
    await end(0, ENDED, { open: 1, hasAnswered: true });
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
