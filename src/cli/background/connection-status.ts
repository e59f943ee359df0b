import type { CheckResult } from '../ports/forwarded-port.ts';
import type { FailureReason } from '../run/json-failures.ts';
import type { PortEnds } from '../ports/port-ends.ts';
import { count, flag, listOf, nullable, oneOf, optional, shape, text } from './decode.ts';

const STATES = [
  /** It is being started, and does not listen yet. */
  'connecting',
  'listening',
  /** It listens: the next connection starts a session. */
  'idle',
  /** It listens, and a session is being started. */
  'starting',
  /** It is tried again after a pause. */
  'pausing',
  'reconnecting',
  /** The sign-in of its profile has expired: it is tried again when that is renewed. */
  'sign-in-expired',
  /** It has ended for good. */
  'failed',
  'ended',
] as const;

const CHECK_RESULTS = ['answers', 'refused', 'silent'] as const satisfies readonly CheckResult[];

/** What a port of a connection in the background does. */
export type PortStateName = (typeof STATES)[number];

/** Why a port, or its last session, failed. */
export interface ReportedError {
  readonly reason: FailureReason;
  /** A row of `docs/errors.md`. */
  readonly code: string;
  readonly message: string;
}

/** One port of a connection. Times are milliseconds since the epoch. */
export interface PortStatus extends PortEnds {
  /** The id of the target; null until it is known. */
  readonly target: string | null;
  readonly state: PortStateName;
  /** Since when it has this state. */
  readonly since: number;
  /** When it is tried again. */
  readonly until: number | null;
  /** What was last found out about its destination; null before, and when that is not wanted. */
  readonly checked: CheckResult | null;
  readonly sessions: { readonly up: number; readonly of: number };
  /** Connections of local programs that are open. */
  readonly open: number;
  /** All connections so far. */
  readonly connections: number;
  /** Bytes from local programs, and to them. */
  readonly sent: number;
  readonly received: number;
  /** The last one, also after the port works again. */
  readonly error: ReportedError | null;
}

/** A connection in the background. */
export interface ConnectionStatus {
  readonly name: string;
  /** Whether it ends with the `up` that started it. */
  readonly attached: boolean;
  /** Of its process; null while there is none. */
  readonly pid: number | null;
  readonly ports: readonly PortStatus[];
}

const REASONS: ReadonlySet<string> = new Set<FailureReason>([
  'usage',
  'input',
  'output',
  'session',
  'internal',
]);

/** Whether a text of this program's own processes is a reason: those of AWS errors are many. */
function isReason(value: string): value is FailureReason {
  return REASONS.has(value) || /^[a-z-]+$/.test(value);
}

function readReason(value: unknown): FailureReason {
  const reason = text(value);
  return isReason(reason) ? reason : 'internal';
}

/** Reads an error. */
export const readError = shape<ReportedError>({ reason: readReason, code: text, message: text });

/** Reads one port. */
export const readPort = shape<PortStatus>({
  destination: shape({ host: nullable(text), port: count, path: optional(text) }),
  local: shape({ address: nullable(text), port: count, path: optional(text) }),
  protocol: optional(oneOf(['udp'])),
  reverse: optional((value) => flag(value) || undefined),
  target: nullable(text),
  state: oneOf(STATES),
  since: count,
  until: nullable(count),
  checked: nullable(oneOf<CheckResult>(CHECK_RESULTS)),
  sessions: shape({ up: count, of: count }),
  open: count,
  connections: count,
  sent: count,
  received: count,
  error: nullable(readError),
});

/** Reads a connection. */
export const readStatus = shape<ConnectionStatus>({
  name: text,
  attached: flag,
  pid: nullable(count),
  ports: listOf(readPort),
});

const TAKES_CONNECTIONS: ReadonlySet<PortStateName> = new Set(['listening', 'idle', 'starting']);

/** Whether local programs can connect, and are served. */
export function takesConnections({ state }: Pick<PortStatus, 'state'>): boolean {
  return TAKES_CONNECTIONS.has(state);
}

/** Whether its session is of no use, because the target cannot connect to the destination. */
export function hasNoAnswer({ state, checked }: Pick<PortStatus, 'state' | 'checked'>): boolean {
  return state === 'listening' && checked !== null && checked !== 'answers';
}
