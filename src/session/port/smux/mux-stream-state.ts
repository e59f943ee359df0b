/** What a stream still has to send besides its bytes. */
export type MuxStreamState =
  | 'syn-pending'
  | 'open'
  /** The local program has ended before the agent heard of it. */
  | 'syn-and-fin-pending'
  | 'fin-pending'
  /** Nothing follows; the local connection may still get what came. */
  | 'fin-sent'
  /** The local connection is gone, too. */
  | 'over';

/** What happens to a stream. */
export type MuxStreamEvent =
  | 'syn-sent'
  | 'fin-sent'
  /** The agent is to be told that nothing follows what waits. */
  | 'sending-over'
  /** The local connection is gone, and nothing of it waits. */
  | 'closed-empty'
  /** The local connection is gone. */
  | 'closed';

/** What each event leads to. What is not here changes nothing. */
export const MUX_STREAM_TRANSITIONS: Readonly<
  Record<MuxStreamState, Readonly<Partial<Record<MuxStreamEvent, MuxStreamState>>>>
> = {
  'syn-pending': { 'syn-sent': 'open', 'sending-over': 'syn-and-fin-pending' },
  // A connection reset before the target heard of it need never have existed.
  'syn-and-fin-pending': { 'syn-sent': 'fin-pending', 'closed-empty': 'over' },
  open: { 'sending-over': 'fin-pending' },
  'fin-pending': { 'fin-sent': 'fin-sent' },
  'fin-sent': { 'closed-empty': 'over', closed: 'over' },
  over: {},
};
