import type { ListeningOn } from './listener.ts';

/** What happens on the local side of a forwarded port, for whoever shows its state. */
export type PortEvent =
  | { readonly kind: 'listening'; readonly on: ListeningOn }
  /** A local program has connected; `open` counts it, too. */
  | { readonly kind: 'connected'; readonly open: number }
  | {
      readonly kind: 'disconnected';
      readonly open: number;
      /** Bytes from the local program. */
      readonly sent: number;
      /** Bytes to the local program. */
      readonly received: number;
    }
  /** The agent could not connect to the destination. */
  | { readonly kind: 'destination-failed' };
