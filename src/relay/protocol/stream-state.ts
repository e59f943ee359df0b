/** The two directions of a stream, as the client sees them (docs/design/relay.md#each-direction). */
export type StreamState =
  /** OPEN was sent, or ACCEPT has come and is not answered. */
  | 'opening'
  /** The same, and the client has sent END. */
  | 'opening-ended'
  | 'open'
  /** The client has sent END. */
  | 'sent-end'
  /** The relay has sent END. */
  | 'received-end'
  | 'closed';

/** What happens to a stream. */
export type StreamEvent =
  /** OPENED has come, or was sent as the answer to ACCEPT. */
  | 'opened'
  | 'data-received'
  | 'end-sent'
  | 'end-received'
  /** RESET has come or was sent, or the tunnel is closed. */
  | 'reset';

/** The state after each event; undefined for what the relay must not send. */
export const STREAM_TRANSITIONS: Readonly<
  Record<StreamState, Readonly<Record<StreamEvent, StreamState | undefined>>>
> = {
  opening: {
    opened: 'open',
    'data-received': undefined,
    'end-sent': 'opening-ended',
    'end-received': undefined,
    reset: 'closed',
  },
  'opening-ended': {
    opened: 'sent-end',
    'data-received': undefined,
    'end-sent': 'opening-ended',
    'end-received': undefined,
    reset: 'closed',
  },
  open: {
    opened: undefined,
    'data-received': 'open',
    'end-sent': 'sent-end',
    'end-received': 'received-end',
    reset: 'closed',
  },
  'sent-end': {
    opened: undefined,
    'data-received': 'sent-end',
    'end-sent': 'sent-end',
    'end-received': 'closed',
    reset: 'closed',
  },
  'received-end': {
    opened: undefined,
    'data-received': undefined,
    'end-sent': 'closed',
    'end-received': undefined,
    reset: 'closed',
  },
  closed: {
    opened: 'closed',
    'data-received': 'closed',
    'end-sent': 'closed',
    'end-received': 'closed',
    reset: 'closed',
  },
};
