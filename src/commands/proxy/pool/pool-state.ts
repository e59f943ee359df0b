/** Where the session of a destination is. */
export type PoolState =
  /** There is no room for one more. */
  | 'queued'
  /** It is being started. */
  | 'starting'
  /** It has connections. */
  | 'busy'
  | 'idle'
  /** It takes no more connections, and is about to end. */
  | 'ending'
  | 'ended';

/** What happens to it. */
export type PoolEvent = 'start' | 'joined' | 'connected' | 'emptied' | 'stop' | 'ended';

type Transitions = Readonly<Partial<Record<PoolEvent, PoolState>>>;

/** The state after each event; an event that is not listed changes nothing. */
export const POOL_TRANSITIONS: Readonly<Record<PoolState, Transitions>> = {
  queued: { start: 'starting', ended: 'ended' },
  starting: { joined: 'idle', connected: 'busy', stop: 'ending', ended: 'ended' },
  busy: { emptied: 'idle', stop: 'ending', ended: 'ended' },
  idle: { connected: 'busy', stop: 'ending', ended: 'ended' },
  ending: { ended: 'ended' },
  ended: {},
};
