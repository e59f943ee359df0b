/** Whether a channel receives. Consumer and socket pause independently of each other. */
export type ReceivingState =
  'receiving' | 'paused-by-consumer' | 'paused-by-socket' | 'paused-by-both';

/** What happens to the receiving of a channel. */
export type ReceivingEvent =
  /** A consumer takes nothing more. */
  | 'consumer-paused'
  | 'consumer-ready'
  /** The socket has stopped reading by itself. */
  | 'socket-paused'
  /** It reads again, or another one will. */
  | 'socket-ready';

/** The next state after each event. An event without an entry changes nothing. */
export const RECEIVING_TRANSITIONS: Readonly<
  Record<ReceivingState, Readonly<Partial<Record<ReceivingEvent, ReceivingState>>>>
> = {
  receiving: { 'consumer-paused': 'paused-by-consumer', 'socket-paused': 'paused-by-socket' },
  'paused-by-consumer': { 'consumer-ready': 'receiving', 'socket-paused': 'paused-by-both' },
  'paused-by-socket': { 'consumer-paused': 'paused-by-both', 'socket-ready': 'receiving' },
  'paused-by-both': { 'consumer-ready': 'paused-by-socket', 'socket-ready': 'paused-by-consumer' },
};
