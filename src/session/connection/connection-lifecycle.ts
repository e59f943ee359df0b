/** Where the connection of a session is. */
export type ConnectionState =
  /** The first socket is being opened. */
  | 'opening'
  /** The first socket is open; the service has sent nothing on it. */
  | 'unproven'
  /** A socket is open, and the service answers on it. */
  | 'open'
  /** The socket was lost, and the session is being resumed. */
  | 'resuming'
  /** A new socket is open. The session counts as reconnected with the first answer on it. */
  | 'reopened'
  | 'closed';

/** What happens to a connection. */
export type ConnectionEvent =
  /** A socket is open. */
  | 'opened'
  /** Something arrived on the open socket. */
  | 'received'
  /** The open socket was closed by the other side, or is dead. */
  | 'lost'
  /** This side closes the connection for good. */
  | 'closed';

/** What an event causes, in this order. */
export type ConnectionEffect =
  /** From now on the time without a connection counts. */
  | 'begin-loss'
  /** Asks the service for a new socket. */
  | 'resume'
  /** The same after a pause: the last attempt failed. */
  | 'resume-after-pause'
  /** The connection is back. */
  | 'end-loss'
  /** Closes the socket and stops all timers. */
  | 'release';

interface Transition {
  readonly next: ConnectionState;
  readonly effects: readonly ConnectionEffect[];
}

const CLOSED: Transition = { next: 'closed', effects: ['release'] };
const LOST: Transition = { next: 'resuming', effects: ['begin-loss', 'resume'] };

/** The transition of each event. An event that is not here changes nothing. */
export const CONNECTION_LIFECYCLE: Readonly<
  Record<ConnectionState, Readonly<Partial<Record<ConnectionEvent, Transition>>>>
> = {
  opening: { opened: { next: 'unproven', effects: [] }, closed: CLOSED },
  unproven: { received: { next: 'open', effects: [] }, lost: LOST, closed: CLOSED },
  open: { lost: LOST, closed: CLOSED },
  resuming: { opened: { next: 'reopened', effects: [] }, closed: CLOSED },
  reopened: {
    received: { next: 'open', effects: ['end-loss'] },
    // A socket without any answer does not end the loss.
    lost: { next: 'resuming', effects: ['resume-after-pause'] },
    closed: CLOSED,
  },
  closed: {},
};
