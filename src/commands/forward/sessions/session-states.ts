/** Where one session of a forwarded port is. */
export type PortSessionState =
  /** It is being started, or will be. */
  | 'starting'
  /** It takes connections. */
  | 'up'
  /** Its connection to the service is lost. */
  | 'lost'
  /** It takes no more connections. */
  | 'ended';

/** What happens to it. */
export type PortSessionEvent = 'joined' | 'lost' | 'resumed' | 'left' | 'exited';

/** How many sessions of a port take connections. */
export interface SessionCount {
  readonly up: number;
  readonly starting: number;
  /** How many were asked for. */
  readonly of: number;
}

/** The state after each event. */
export const PORT_SESSION_TRANSITIONS: Readonly<
  Record<PortSessionState, Readonly<Record<PortSessionEvent, PortSessionState>>>
> = {
  starting: {
    joined: 'up',
    lost: 'starting',
    resumed: 'starting',
    left: 'ended',
    exited: 'ended',
  },
  up: { joined: 'up', lost: 'lost', resumed: 'up', left: 'ended', exited: 'ended' },
  lost: { joined: 'lost', lost: 'lost', resumed: 'up', left: 'ended', exited: 'ended' },
  ended: { joined: 'ended', lost: 'ended', resumed: 'ended', left: 'ended', exited: 'ended' },
};

/** Counts the sessions of a port. */
export function countSessions(states: readonly PortSessionState[]): SessionCount {
  const count = (state: PortSessionState): number => states.filter((one) => one === state).length;
  return { up: count('up'), starting: count('starting'), of: states.length };
}
