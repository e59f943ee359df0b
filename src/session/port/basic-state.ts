/**
 * The state of a basic port, which has one connection at a time. The bytes of the target do not name the
 * connection they belong to. So a connection that follows another one starts when the agent has acknowledged
 * DisconnectToPort, and receives bytes only after its own first message, which makes the agent connect again.
 * All bytes from before belong to the connection that has ended.
 */
export type BasicState =
  /** The listener is not open yet. */
  | 'starting'
  /** No program has connected yet: the bytes of the target are kept for the first one. */
  | 'unused'
  /** A program is connected and has sent nothing: bytes belong to the previous connection. */
  | 'unsent'
  /** The bytes of the target belong to the connected program. */
  | 'connected'
  /** DisconnectToPort is sent. */
  | 'disconnecting'
  /** The agent has acknowledged it, and no program is connected. */
  | 'idle'
  | 'closed';

/** What happens to a basic port. */
export type BasicEvent =
  | 'listening'
  | 'program-connected'
  /** Bytes of the program were sent. */
  | 'bytes-sent'
  | 'disconnect-sent'
  | 'disconnect-acknowledged'
  | 'close';

type Row = Readonly<Record<BasicEvent, BasicState>>;

/** Every event but those in `changes` leaves the state as it is, and `close` closes it. */
const row = (state: BasicState, changes: Partial<Row>): Row => ({
  listening: state,
  'program-connected': state,
  'bytes-sent': state,
  'disconnect-sent': state,
  'disconnect-acknowledged': state,
  close: 'closed',
  ...changes,
});

/** The state after each event. */
export const BASIC_TRANSITIONS: Readonly<Record<BasicState, Row>> = {
  starting: row('starting', { listening: 'unused' }),
  // The agent has connected to the target already.
  unused: row('unused', { 'program-connected': 'connected' }),
  unsent: row('unsent', { 'bytes-sent': 'connected', 'disconnect-sent': 'disconnecting' }),
  connected: row('connected', { 'disconnect-sent': 'disconnecting' }),
  disconnecting: row('disconnecting', { 'disconnect-acknowledged': 'idle' }),
  idle: row('idle', { 'program-connected': 'unsent' }),
  closed: row('closed', {}),
};
