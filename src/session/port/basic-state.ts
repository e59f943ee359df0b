/**
 * Where a basic port is with its one connection at a time. The bytes of the target carry no mark of the
 * connection they belong to: a connection that follows another one starts when the agent has
 * acknowledged DisconnectToPort, and gets bytes only from its own first message on, which is what makes
 * the agent connect again. Whatever comes before was sent to the one that is gone.
 */
export type BasicState =
  /** The listener is not up. */
  | 'starting'
  /** No program has connected: what the target says is kept for the first. */
  | 'unused'
  /** A program is connected and has not sent anything: what comes is for the one before. */
  | 'asking'
  /** What the target says is for the connected program. */
  | 'answering'
  /** DisconnectToPort is on its way. */
  | 'disconnecting'
  /** No program is connected. */
  | 'idle'
  | 'over';

/** What happens to a basic port. */
export type BasicEvent = 'up' | 'connected' | 'sent' | 'disconnected' | 'acknowledged' | 'ended';

/** What each event leads to. What is not here changes nothing. */
export const BASIC_TRANSITIONS: Readonly<
  Record<BasicState, Readonly<Partial<Record<BasicEvent, BasicState>>>>
> = {
  starting: { up: 'unused', ended: 'over' },
  // The agent has connected before any program has.
  unused: { connected: 'answering', ended: 'over' },
  asking: { sent: 'answering', disconnected: 'disconnecting', ended: 'over' },
  answering: { disconnected: 'disconnecting', ended: 'over' },
  disconnecting: { acknowledged: 'idle', ended: 'over' },
  idle: { connected: 'asking', ended: 'over' },
  over: {},
};
