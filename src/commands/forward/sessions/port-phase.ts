import type { PortSessionState } from './session-states.ts';

/** What a forwarded port does, as its sessions together allow it. */
export type PortPhase =
  /** A session takes connections. */
  | 'serving'
  /** No session has a connection to the service: one is being resumed. */
  | 'cut-off'
  /** A session is being started. */
  | 'starting'
  /** A session is started after a pause. */
  | 'pausing'
  /** The next connection starts a session. */
  | 'idle'
  | 'closed';

/** The first state that one of the sessions has decides. */
const ORDER: readonly (readonly [PortSessionState, PortPhase])[] = [
  ['up', 'serving'],
  ['lost', 'cut-off'],
  ['starting', 'starting'],
  ['queued', 'starting'],
  ['held', 'pausing'],
  ['pausing', 'pausing'],
  ['idle', 'idle'],
  ['closed', 'closed'],
];

/**
 * @param states - those of all sessions of the port
 * @returns undefined while it depends on what follows a session that is about to end
 */
export function portPhase(states: readonly PortSessionState[]): PortPhase | undefined {
  const [, phase] = ORDER.find(([state]) => states.includes(state)) ?? [];
  const isOpen = phase === 'serving' || phase === 'cut-off' || phase === 'starting';
  return states.includes('leaving') && !isOpen ? undefined : phase;
}
