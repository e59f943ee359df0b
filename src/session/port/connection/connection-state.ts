/** Where the connection of a local program is between its beginning and its end. */
export type ConnectionState =
  /** Both directions are open. */
  | 'open'
  /** The program has ended its sending direction, and bytes of it wait to be sent. */
  | 'draining'
  /** They have been sent, and the target has not acknowledged all of them. */
  | 'unacknowledged'
  /** The target has everything but the end: that is held back while an answer may come. */
  | 'held-back'
  /** The target has been told about the end; what it sent before may still come. */
  | 'told'
  /** The target has ended: what came is delivered to the program. */
  | 'finishing'
  /** Everything was delivered; the program has not ended its side. */
  | 'lingering'
  | 'closed';

/** What happens to a connection. */
export type ConnectionEvent =
  /** The program has ended its sending direction, or closed: that looks the same. */
  | 'program-ended'
  /** Nothing of what the program sent waits here any more. */
  | 'sent'
  | 'acknowledged'
  /** The time to wait for an answer, or for the rest of one, is over. */
  | 'waited'
  | 'target-ended'
  | 'delivered'
  /** The socket is gone. */
  | 'gone'
  /** The session does not want the connection any more. */
  | 'abandoned';

/** What is to be done about it, in this order. */
export type ConnectionEffect =
  /** Asks the system whether the program has closed all of the connection. */
  | 'check-peer'
  | 'await-acknowledgement'
  /** Waits for an answer as long as one may come. */
  | 'hold-back'
  /** Tells the target that nothing follows what waits. */
  | 'tell-target'
  /** Waits for the rest of an answer. */
  | 'await-rest'
  /** Drops what waits and ends the program's side behind what came. */
  | 'end-program'
  | 'linger'
  | 'destroy'
  /** Lets go of timers and bytes, and reports the end. */
  | 'release';

interface Transition {
  readonly next: ConnectionState;
  readonly effects: readonly ConnectionEffect[];
}

const ABANDONED: Transition = { next: 'closed', effects: ['release', 'destroy'] };
const GONE_UNTOLD: Transition = { next: 'closed', effects: ['release', 'tell-target'] };
const GONE: Transition = { next: 'closed', effects: ['release'] };
const TARGET_ENDED: Transition = { next: 'finishing', effects: ['end-program', 'tell-target'] };

/** What each event leads to. What is not here changes nothing. */
export const CONNECTION_TRANSITIONS: Readonly<
  Record<ConnectionState, Readonly<Partial<Record<ConnectionEvent, Transition>>>>
> = {
  open: {
    'program-ended': { next: 'draining', effects: ['check-peer'] },
    'target-ended': TARGET_ENDED,
    gone: GONE_UNTOLD,
    abandoned: ABANDONED,
  },
  draining: {
    sent: { next: 'unacknowledged', effects: ['await-acknowledgement'] },
    'target-ended': TARGET_ENDED,
    gone: GONE_UNTOLD,
    abandoned: ABANDONED,
  },
  unacknowledged: {
    acknowledged: { next: 'held-back', effects: ['hold-back'] },
    'target-ended': TARGET_ENDED,
    gone: GONE_UNTOLD,
    abandoned: ABANDONED,
  },
  'held-back': {
    waited: { next: 'told', effects: ['tell-target', 'await-rest'] },
    'target-ended': TARGET_ENDED,
    gone: GONE_UNTOLD,
    abandoned: ABANDONED,
  },
  told: {
    waited: { next: 'finishing', effects: ['end-program'] },
    'target-ended': { next: 'finishing', effects: ['end-program'] },
    gone: GONE,
    abandoned: ABANDONED,
  },
  finishing: {
    delivered: { next: 'lingering', effects: ['linger'] },
    gone: GONE,
    abandoned: ABANDONED,
  },
  lingering: {
    waited: { next: 'lingering', effects: ['destroy'] },
    gone: GONE,
    abandoned: ABANDONED,
  },
  closed: {},
};
