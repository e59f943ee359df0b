import { endsOf, type PortEnds } from '../../cli/ports/port-ends.ts';
import type { RefusalReason, Traffic } from '../../session/port/port-event.ts';
import {
  failureIn,
  type CheckResult,
  type ForwardedPort,
  type PortChange,
  type PortFailure,
  type SessionCount,
} from '../../cli/ports/forwarded-port.ts';

const MS_PER_SECOND = 1_000;

/** What every event contains about its port. */
export interface ForwardEventSubject extends PortEnds {
  /** UTC (RFC 3339). */
  readonly time: string;
  readonly target: string;
}

/** Bytes as the local program sees them: `sent` by it, `received` by it. */
interface Amounts {
  readonly sent: number;
  readonly received: number;
}

/** All connections of a port that has ended. */
interface Totals extends Amounts {
  readonly connections: number;
}

/** Of the sessions of a port, how many take connections. */
interface Sessions {
  readonly up: number;
  /** How many were asked for. */
  readonly sessions: number;
}

/** What `connection` numbers: the connections of one port from 1 on. `open` are those open now. */
interface OneConnection {
  readonly connection: number;
  readonly open: number;
}

/** Of a port without a session; the error that ended the last one. */
type BetweenSessions =
  /** One is being started, or the next connection starts one. */
  | { readonly event: 'starting' | 'idle'; readonly error?: PortFailure }
  /** One is started after this many seconds. */
  | { readonly event: 'pausing'; readonly seconds: number; readonly error?: PortFailure };

/**
 * A line of `forward --json`: what has happened to one port. The last of each port is `failed` or
 * `ended`. Events and members may be added, but none changes its meaning.
 */
export type ForwardEvent = ForwardEventSubject &
  (
    | { readonly event: 'listening' | 'destination-failed' | 'reconnected' }
    /** There is no room for another connection. */
    | { readonly event: 'refused'; readonly open: number; readonly because: RefusalReason }
    | ({ readonly event: 'connected' } & OneConnection)
    | ({ readonly event: 'disconnected' } & OneConnection & Amounts)
    | { readonly event: 'reconnecting'; readonly message: string }
    /** Of several sessions, one more or one less takes connections. */
    | ({ readonly event: 'sessions' } & Sessions)
    /** One of several sessions was not started, or was cut off; the others go on. */
    | ({ readonly event: 'session-failed'; readonly error: PortFailure } & Sessions)
    | BetweenSessions
    /** A session takes connections again. */
    | { readonly event: 'ready' }
    /** With `--check`: whether the destination answers. */
    | { readonly event: 'checked'; readonly result: CheckResult }
    /** The error, as in every failure of the program. */
    | ({ readonly event: 'failed'; readonly error: PortFailure } & Totals)
    | ({ readonly event: 'ended' } & Totals)
    /** This many events of the port were dropped before this line: stdout was not read. */
    | { readonly event: 'dropped'; readonly events: number }
  );

/**
 * Reports the changes of one forwarded port, an event each. The port has recorded the
 * change before.
 *
 * @param now - milliseconds since the epoch
 * @param hasRoom - whether events are read: else all but the last of a port are dropped and counted
 */
export function createJsonReporter(
  target: string,
  port: ForwardedPort,
  now: () => number,
  emit: (event: ForwardEvent) => void,
  hasRoom: () => boolean,
): (change: PortChange) => void {
  const numbers = new Map<Traffic, number>();

  const totals = (): Totals => {
    const { connections, sent, received } = port;
    return { connections, sent, received };
  };

  const report = dropUnread(emit, hasRoom, () => subjectOf(port, target, now()));

  return (change) => {
    const about = subjectOf(port, target, now());
    switch (change.kind) {
      case 'listening':
      case 'destination-failed':
      case 'reconnected':
      case 'ready':
        report({ event: change.kind, ...about });
        break;
      case 'refused':
        report({ event: change.kind, ...about, open: change.open, because: change.because });
        break;
      case 'connected': {
        const { traffic, open } = change;
        const connection = port.connections;
        numbers.set(traffic, connection);
        report({ event: 'connected', ...about, connection, open });
        break;
      }
      case 'disconnected': {
        const { traffic, open } = change;
        const { sent, received } = traffic;
        const connection = numbers.get(traffic) ?? 0;
        numbers.delete(traffic);
        report({ event: 'disconnected', ...about, connection, open, sent, received });
        break;
      }
      case 'reconnecting':
        report({ event: 'reconnecting', ...about, message: change.reason });
        break;
      case 'starting':
      case 'idle':
      case 'pausing':
        report({ ...about, ...betweenSessions(change) });
        break;
      case 'checked':
        report({ event: 'checked', ...about, result: change.result });
        break;
      case 'sessions':
        report({ event: 'sessions', ...about, ...sessionsOf(change.sessions) });
        break;
      case 'session-failed': {
        const { sessions } = change;
        const error = failureIn(change);
        report({ event: 'session-failed', ...about, error, ...sessionsOf(sessions) });
        break;
      }
      case 'failed':
        report({ event: 'failed', ...about, error: failureIn(change), ...totals() });
        break;
      case 'ended':
        report({ event: 'ended', ...about, ...totals() });
    }
  };
}

/** Drops and counts events while they are not read, all but the last one of a port. */
function dropUnread(
  emit: (event: ForwardEvent) => void,
  hasRoom: () => boolean,
  subject: () => ForwardEventSubject,
): (event: ForwardEvent) => void {
  let dropped = 0;
  return (event) => {
    const isLast = event.event === 'failed' || event.event === 'ended';
    if (!isLast && !hasRoom()) {
      dropped++;
      return;
    }
    if (dropped > 0) emit({ event: 'dropped', ...subject(), events: dropped });
    dropped = 0;
    emit(event);
  };
}

function subjectOf(port: ForwardedPort, target: string, now: number): ForwardEventSubject {
  return {
    time: new Date(now).toISOString(),
    target: port.target ?? target,
    ...endsOf(port),
  };
}

function betweenSessions(
  change: Extract<PortChange, { readonly kind: 'starting' | 'idle' | 'pausing' }>,
): BetweenSessions {
  const error = change.failure === undefined ? {} : { error: change.failure };
  if (change.kind !== 'pausing') return { event: change.kind, ...error };
  return { event: 'pausing', seconds: Math.round(change.pauseMs / MS_PER_SECOND), ...error };
}

function sessionsOf({ up, of }: SessionCount): Sessions {
  return { up, sessions: of };
}
