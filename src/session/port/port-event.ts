import type { ListeningOn } from './listen/bind.ts';

/** The bytes of one local connection: to be read at any time, and the last ones after its end. */
export interface Traffic {
  /** From the local program. */
  readonly sent: number;
  /** To the local program. */
  readonly received: number;
}

/** What happens on the local side of a forwarded port, for whoever shows its state. */
export type PortEvent =
  | { readonly kind: 'listening'; readonly on: ListeningOn }
  /** A local program has connected; `open` counts it, too. */
  | { readonly kind: 'connected'; readonly open: number; readonly traffic: Traffic }
  /** It has gone; `traffic` is the object that it came with. */
  | { readonly kind: 'disconnected'; readonly open: number; readonly traffic: Traffic }
  /** A local program was refused: the process may open no more files. `open` are connected. */
  | { readonly kind: 'refused'; readonly open: number }
  /** The agent could not connect to the destination. */
  | { readonly kind: 'destination-failed' };
