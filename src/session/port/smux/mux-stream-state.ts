/** What a stream still has to send besides its bytes. */
export type MuxStreamState =
  | 'syn-pending'
  | 'open'
  /** The local program has ended its sending direction before the SYN was sent. */
  | 'syn-and-fin-pending'
  | 'fin-pending'
  /** Nothing follows; the local connection may still receive bytes of the target. */
  | 'fin-sent'
  /** The local connection is closed, too. */
  | 'closed';

/** What happens to a stream. */
export type MuxStreamEvent =
  | 'syn-sent'
  | 'fin-sent'
  /** Nothing follows the bytes that wait, and a FIN must be sent to the agent. */
  | 'sending-ended'
  /** The local connection is closed, and none of its bytes waits. */
  | 'closed-empty'
  /** The local connection is closed, and some of its bytes wait. */
  | 'closed-with-bytes';

/** The state after each event. */
export const MUX_STREAM_TRANSITIONS: Readonly<
  Record<MuxStreamState, Readonly<Record<MuxStreamEvent, MuxStreamState>>>
> = {
  'syn-pending': {
    'syn-sent': 'open',
    'fin-sent': 'syn-pending',
    'sending-ended': 'syn-and-fin-pending',
    'closed-empty': 'syn-pending',
    'closed-with-bytes': 'syn-pending',
  },
  'syn-and-fin-pending': {
    'syn-sent': 'fin-pending',
    'fin-sent': 'syn-and-fin-pending',
    'sending-ended': 'syn-and-fin-pending',
    // The agent never learns of a connection that was reset before its SYN.
    'closed-empty': 'closed',
    'closed-with-bytes': 'syn-and-fin-pending',
  },
  open: {
    'syn-sent': 'open',
    'fin-sent': 'open',
    'sending-ended': 'fin-pending',
    'closed-empty': 'open',
    'closed-with-bytes': 'open',
  },
  'fin-pending': {
    'syn-sent': 'fin-pending',
    'fin-sent': 'fin-sent',
    'sending-ended': 'fin-pending',
    'closed-empty': 'fin-pending',
    'closed-with-bytes': 'fin-pending',
  },
  'fin-sent': {
    'syn-sent': 'fin-sent',
    'fin-sent': 'fin-sent',
    'sending-ended': 'fin-sent',
    'closed-empty': 'closed',
    'closed-with-bytes': 'closed',
  },
  closed: {
    'syn-sent': 'closed',
    'fin-sent': 'closed',
    'sending-ended': 'closed',
    'closed-empty': 'closed',
    'closed-with-bytes': 'closed',
  },
};
