import { endpointText } from '../../lib/endpoint-text.ts';
import { printable } from '../../lib/printable.ts';
import type { Traffic } from '../../session/port/port-event.ts';
import type { SessionEvent } from '../../session/session-event.ts';
import type { FailureReason } from '../run/json-failures.ts';
import { localPathOf, remoteText, reverseText, type Forward } from './forward.ts';

/** How many sessions of a port take connections. */
export interface SessionCount {
  readonly up: number;
  readonly starting: number;
  /** How many were asked for. */
  readonly of: number;
}

/** Why a port, or one of its sessions, failed. */
export interface PortFailure {
  readonly reason: FailureReason;
  /** A row of `docs/errors.md`. */
  readonly code: string;
  readonly message: string;
}

/** The failure alone, of something that has more members. */
export function failureIn({ reason, code, message }: PortFailure): PortFailure {
  return { reason, code, message };
}

/** What happens to a forwarded port, up to its end. */
export type PortChange =
  | Exclude<
      SessionEvent,
      {
        readonly kind:
          'session-ending' | 'session-ended' | 'joined' | 'left' | 'requested' | 'answered';
      }
    >
  /** Of several sessions, one more or one less takes connections. */
  | {
      readonly kind: 'sessions';
      readonly because: 'joined' | 'lost' | 'resumed' | 'ended';
      readonly sessions: SessionCount;
    }
  /** One of several sessions was not started, or cut off. */
  | ({ readonly kind: 'session-failed'; readonly sessions: SessionCount } & PortFailure)
  /** A session is being started, after the last one has ended, or because a program has connected. */
  | { readonly kind: 'starting'; readonly failure: PortFailure | undefined }
  /** There is no session: the next connection starts one. */
  | { readonly kind: 'idle'; readonly failure: PortFailure | undefined }
  | {
      /** The next session is started after a pause. */
      readonly kind: 'pausing';
      readonly failure: PortFailure | undefined;
      readonly pauseMs: number;
      /** Its end, in monotonic milliseconds. */
      readonly until: number;
    }
  /** A session takes connections again. Its target is named, because it may be another one than before. */
  | { readonly kind: 'ready'; readonly target: string | undefined }
  /** Whether the destination answers is known, or differs from before. */
  | { readonly kind: 'checked'; readonly result: CheckResult }
  | ({ readonly kind: 'failed' } & PortFailure)
  | { readonly kind: 'ended' };

/** What is known of the destination of a port. */
export type CheckResult =
  /** The target can connect to it. */
  | 'answers'
  /** It refuses connections, or does not exist. */
  | 'refused'
  /** It has not answered in time. */
  | 'silent';

/** The state of a forwarded port. */
export type PortState =
  | { readonly kind: 'connecting' | 'listening' | 'idle' | 'starting' | 'failed' | 'ended' }
  /** @param until - monotonic milliseconds */
  | { readonly kind: 'pausing'; readonly until: number }
  /** @param since - monotonic milliseconds */
  | { readonly kind: 'reconnecting'; readonly since: number };

/** Where local programs connect to, or those of the target if it listens there. */
export interface LocalAddress {
  /** Undefined until it listens; of a Unix socket its path. */
  readonly address: string | undefined;
  /** Until it listens the one that was asked for: 0 for any. Of a Unix socket 0. */
  readonly port: number;
}

/** One forwarded port and its current state. */
export interface ForwardedPort {
  readonly forward: Forward;
  readonly local: LocalAddress;
  readonly state: PortState;
  /** The id of its target, when a later session has another one than the first; undefined before. */
  readonly target: string | undefined;
  /** What was last found out about its destination; undefined before, and when that is not wanted. */
  readonly destination: CheckResult | undefined;
  /** As the last change with it reported them. */
  readonly sessions: SessionCount;
  /** Connections that are open. */
  readonly open: ReadonlySet<Traffic>;
  /** All connections there have been. */
  readonly connections: number;
  /** Bytes of all connections from local programs, up to now. */
  readonly sent: number;
  /** Bytes of all connections to local programs, up to now. */
  readonly received: number;
  /** Records a change. */
  take(change: PortChange): void;
}

/**
 * A port whose sessions are about to be started.
 *
 * @param sessionCount - how many serve it
 */
export function createForwardedPort(forward: Forward, sessionCount = 1): ForwardedPort {
  const open = new Set<Traffic>();
  const { relayed, localPort } = forward;
  const listens = relayed?.kind === 'reverse' ? forward.port : localPort;
  let local: LocalAddress = { address: undefined, port: Number(listens) };
  let state: PortState = { kind: 'connecting' };
  let sessions: SessionCount = { up: 0, starting: sessionCount, of: sessionCount };
  let target: string | undefined;
  let destination: CheckResult | undefined;
  let connections = 0;
  /** Of the connections that have closed. */
  const closed = { sent: 0, received: 0 };

  const total = (count: 'sent' | 'received'): number => {
    let bytes = closed[count];
    for (const traffic of open) bytes += traffic[count];
    return bytes;
  };

  return {
    forward,
    get local() {
      return local;
    },
    get state() {
      return state;
    },
    get target() {
      return target;
    },
    get destination() {
      return destination;
    },
    get sessions() {
      return sessions;
    },
    open,
    get connections() {
      return connections;
    },
    get sent() {
      return total('sent');
    },
    get received() {
      return total('received');
    },
    take(change) {
      switch (change.kind) {
        case 'listening':
          local =
            change.on.kind === 'tcp'
              ? { address: change.on.addresses[0], port: change.on.port }
              : { address: change.on.path, port: 0 };
          break;
        case 'connected':
          connections++;
          open.add(change.traffic);
          break;
        case 'disconnected':
          open.delete(change.traffic);
          closed.sent += change.traffic.sent;
          closed.received += change.traffic.received;
          break;
        case 'sessions':
        case 'session-failed':
          ({ sessions } = change);
          break;
        case 'ready':
          target = change.target ?? target;
          break;
        case 'checked':
          destination = change.result;
          break;
        default:
      }
      state = stateAfter(change, local.address !== undefined) ?? state;
    },
  };
}

/** @returns the state of a port after a change; undefined when it stays the same */
function stateAfter(change: PortChange, isListening: boolean): PortState | undefined {
  switch (change.kind) {
    case 'listening':
      return { kind: 'listening' };
    case 'reconnecting':
      return { kind: 'reconnecting', since: change.since };
    case 'ready':
    case 'reconnected':
      return { kind: isListening ? 'listening' : 'connecting' };
    case 'starting':
      return { kind: isListening ? 'starting' : 'connecting' };
    case 'pausing':
      return { kind: 'pausing', until: change.until };
    case 'idle':
    case 'failed':
    case 'ended':
      return { kind: change.kind };
    case 'connected':
    case 'disconnected':
    case 'refused':
    case 'destination-failed':
    case 'sessions':
    case 'session-failed':
    case 'checked':
      return undefined;
  }
}

/**
 * How messages name a port: `127.0.0.1:8080` once it listens, `port 8080` before, and as it was typed when
 * the system has not picked its number yet.
 */
export function portName({ forward, local }: Pick<ForwardedPort, 'forward' | 'local'>): string {
  const path = localPathOf(forward);
  if (path !== undefined) return printable(path);
  if (reverseText(forward) !== undefined) return `target:${local.port}`;
  if (local.address !== undefined) return endpointText(local.address, local.port);
  if (local.port !== 0) return `port ${local.port}`;
  return `0:${printable(remoteText(forward).replace(/^port /, ''))}`;
}

/** How a failure begins: the name of the port comes after it. */
const LABEL = /^session-manager-plugin: /;

/** Names the port in a message about it, unless the message names it. */
export function namePortIn(
  port: Pick<ForwardedPort, 'forward' | 'local'>,
  message: string,
): string {
  const path = localPathOf(port.forward);
  const hasName =
    path === undefined
      ? port.local.port !== 0 && new RegExp(`\\b${port.local.port}\\b`).test(message)
      : message.includes(path);
  if (hasName) return message;
  const label = LABEL.exec(message)?.[0] ?? '';
  return `${label}${portName(port)}: ${message.slice(label.length)}`;
}
