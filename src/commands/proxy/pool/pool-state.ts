/** Where the session of a destination is. */
export type PoolState =
  /** It will be started as soon as few others are being started. */
  | 'queued'
  /** There is no room for one more. */
  | 'crowded'
  /** It is being started. */
  | 'starting'
  /** It has connections. */
  | 'busy'
  | 'idle'
  /** It takes no more connections, and is about to end. */
  | 'ending'
  | 'ended';

/** What happens to it. */
export type PoolEvent =
  | 'crowded'
  | 'room'
  /** Its last client has left before it was started. */
  | 'abandoned'
  | 'start'
  | 'joined'
  | 'connected'
  | 'emptied'
  | 'stop'
  | 'ended';

/** What the last connection has shown of a destination. */
export type Reachability = 'untried' | 'answers' | 'fails';

/** The same after each answer. */
export const REACHABILITY_AFTER: Readonly<Record<'bytes' | 'end' | 'failure', Reachability>> = {
  bytes: 'answers',
  end: 'answers',
  failure: 'fails',
};

type Transitions = Readonly<Partial<Record<PoolEvent, PoolState>>>;

/** The state after each event; an event that is not listed changes nothing. */
export const POOL_TRANSITIONS: Readonly<Record<PoolState, Transitions>> = {
  queued: { crowded: 'crowded', abandoned: 'ended', start: 'starting', ended: 'ended' },
  crowded: { room: 'queued', abandoned: 'ended', ended: 'ended' },
  starting: { joined: 'idle', connected: 'busy', stop: 'ending', ended: 'ended' },
  busy: { emptied: 'idle', stop: 'ending', ended: 'ended' },
  idle: { connected: 'busy', stop: 'ending', ended: 'ended' },
  ending: { ended: 'ended' },
  ended: {},
};
