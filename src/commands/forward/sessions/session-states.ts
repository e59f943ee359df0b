import type { SessionCount } from '../../../cli/ports/forwarded-port.ts';

/** Where one session of a forwarded port is. When it ends, the next one takes its place. */
export type PortSessionState =
  /** There is none: the next connection starts one. */
  | 'idle'
  /** It will be started as soon as few others are being started. */
  | 'queued'
  /** It is being started. */
  | 'starting'
  /** AWS has received too many requests: its start is repeated after a pause. */
  | 'held'
  /** It takes connections. */
  | 'up'
  /** Its connection to the service is lost. */
  | 'lost'
  /** It takes no more connections, and is about to end. */
  | 'leaving'
  /** The last one failed: the next one is started after a pause. */
  | 'pausing'
  /** There will be no more. */
  | 'closed';

/** What happens to it. */
export type PortSessionEvent =
  /** A local program has connected. */
  | 'wanted'
  | 'started'
  /** AWS has throttled its start. */
  | 'throttled'
  | 'joined'
  | 'lost'
  | 'resumed'
  | 'left'
  | 'pause-over'
  | NextStep;

/** What follows the end of a session. */
export type NextStep =
  /** Another one, at once. */
  | 'replace'
  /** Another one, when a local program connects. */
  | 'rest'
  /** Another one, after a pause. */
  | 'pause'
  /** Nothing. */
  | 'close';

type Transitions = Readonly<Partial<Record<PortSessionEvent, PortSessionState>>>;

const AFTER_END = { replace: 'queued', rest: 'idle', pause: 'pausing', close: 'closed' } as const;

/** The state after each event; an event that is not listed changes nothing. */
const TRANSITIONS: Readonly<Record<PortSessionState, Transitions>> = {
  idle: { wanted: 'queued', pause: 'pausing', close: 'closed' },
  queued: { started: 'starting', rest: 'idle', close: 'closed' },
  starting: { joined: 'up', throttled: 'held', left: 'leaving', ...AFTER_END },
  held: { started: 'starting', left: 'leaving', ...AFTER_END },
  up: { lost: 'lost', left: 'leaving', ...AFTER_END },
  lost: { resumed: 'up', left: 'leaving', ...AFTER_END },
  leaving: AFTER_END,
  pausing: { 'pause-over': 'queued', rest: 'idle', close: 'closed' },
  closed: {},
};

/** @returns the state after an event */
export function stateAfter(state: PortSessionState, event: PortSessionEvent): PortSessionState {
  return TRANSITIONS[state][event] ?? state;
}

/** Counts the sessions of a port. */
export function countSessions(states: readonly PortSessionState[]): SessionCount {
  const count = (...counted: readonly PortSessionState[]): number =>
    states.filter((state) => counted.includes(state)).length;
  return { up: count('up'), starting: count('queued', 'starting', 'held'), of: states.length };
}
