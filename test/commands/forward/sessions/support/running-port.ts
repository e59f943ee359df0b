import { setImmediate } from 'node:timers/promises';
import type { PortChange } from '../../../../../src/cli/ports/forwarded-port.ts';
import type {
  FailedOutcome,
  SessionOutcome,
} from '../../../../../src/commands/forward/sessions/next-step.ts';
import type {
  PortSession,
  SessionPolicy,
} from '../../../../../src/commands/forward/sessions/port-session.ts';
import { runPortSessions } from '../../../../../src/commands/forward/sessions/port-sessions.ts';
import { createDeferred } from '../../../../../src/lib/deferred.ts';
import { createVirtualClock, type VirtualClock } from '../../../../support/virtual-clock.ts';
import { createTestSignals, type TestSignals } from './test-signals.ts';

/** A policy whose sessions are not replaced. */
export const ONCE: SessionPolicy = {
  count: 1,
  restarts: false,
  onDemand: false,
  idleMs: undefined,
  checks: false,
};
/** One whose sessions are. */
export const RESTARTING: SessionPolicy = { ...ONCE, restarts: true };
/** A session that was ended. */
export const ENDED: SessionOutcome = { kind: 'ended', status: 0 };
/** A session that was cut off. */
export const failed = (message: string): SessionOutcome => ({
  kind: 'failed',
  status: 255,
  reason: 'session',
  code: 'session-closed',
  message,
});
/** One that could not be started. */
export const refused = (
  code: string,
  reason: FailedOutcome['reason'] = 'service',
): SessionOutcome => ({
  kind: 'failed',
  status: 255,
  reason,
  code,
  message: code,
});
const NONE = { sent: 0, received: 0 };
/** The connection of a session is lost. */
export const LOST = { kind: 'reconnecting', reason: 'reset', since: 0 } as const;

/** A session that a test makes join, leave and end. */
export interface Started extends PortSession {
  readonly end: (outcome: SessionOutcome) => void;
}

export interface Running {
  readonly sessions: readonly Started[];
  /** What was reported, in short. */
  readonly changes: readonly string[];
  /** Failures after which there is no session more. */
  readonly failures: readonly string[];
  readonly outcome: Promise<SessionOutcome>;
  readonly clock: VirtualClock;
  readonly signals: TestSignals;
  /** The session leaves its port after a while, and ends. */
  readonly end: (
    index: number,
    outcome: SessionOutcome,
    left?: { readonly open?: number; readonly livedMs?: number },
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

/** Runs the sessions of a port, on a clock of its own. */
export function run(count: number, policy = ONCE): Running {
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
    async end(index, how, { open = 0, livedMs = 0 } = {}) {
      clock.advance(livedMs);
      if (open > 0) sessions[index]?.onEvent({ kind: 'connected', open, traffic: NONE });
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
