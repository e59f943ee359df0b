/** Where a local port is. */
export type LocalPortState =
  /** No session has joined. */
  | 'new'
  /** Its listener is being opened. */
  | 'binding'
  | 'listening'
  /** It listens no more, or never did. */
  | 'closed';

/** What happens to it. */
export type LocalPortInput =
  /** A session joins. */
  | 'joined'
  /** Local programs can connect. */
  | 'bound'
  /** It cannot listen, or is wanted no more. */
  | 'closed';

/** The state after each input. */
export const LOCAL_PORT_TRANSITIONS: Readonly<
  Record<LocalPortState, Readonly<Record<LocalPortInput, LocalPortState>>>
> = {
  new: { joined: 'binding', bound: 'new', closed: 'closed' },
  binding: { joined: 'binding', bound: 'listening', closed: 'closed' },
  listening: { joined: 'listening', bound: 'listening', closed: 'closed' },
  closed: { joined: 'closed', bound: 'closed', closed: 'closed' },
};
