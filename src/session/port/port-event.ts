import type { LocalSocket } from './connection/local-socket.ts';
import type { ListeningOn } from './listen/bind.ts';

/** The bytes of one local connection so far; after its end, all of them. */
export interface Traffic {
  /** From the local program. */
  readonly sent: number;
  /** To the local program. */
  readonly received: number;
}

/** What happens on the local side of a forwarded port, whichever of its sessions it is about. */
export type LocalPortEvent =
  | { readonly kind: 'listening'; readonly on: ListeningOn }
  /** A local program has connected; `open` includes it. */
  | { readonly kind: 'connected'; readonly open: number; readonly traffic: Traffic }
  /** A connection is closed; `traffic` is the object of its `connected` event. */
  | { readonly kind: 'disconnected'; readonly open: number; readonly traffic: Traffic }
  /** A local program was refused. `open` are connected. */
  | { readonly kind: 'refused'; readonly open: number; readonly because: RefusalReason };

/** Why a local program is refused. */
export type RefusalReason =
  /** The process may open no more files. */
  | 'files'
  /** Too many connections wait for a session. */
  | 'waiting';

/** What happens to a forwarded port, for the display of its state. */
export type PortEvent =
  | LocalPortEvent
  /** A session begins to take connections of the local port. */
  | { readonly kind: 'joined' }
  /** A session takes no more connections, whether or not it has joined. */
  | { readonly kind: 'left' }
  /** The agent has the request to connect to the destination, for a connection that a session has taken. */
  | { readonly kind: 'requested'; readonly connection: LocalSocket }
  /**
   * The first that comes of the destination for a connection. Its bytes, or its end, reach the connection
   * after this event.
   */
  | {
      readonly kind: 'answered';
      readonly connection: LocalSocket;
      /** `failure`: the agent could not connect to the destination. */
      readonly by: 'bytes' | 'end' | 'failure';
    }
  /** The agent could not connect to the destination. */
  | { readonly kind: 'destination-failed' };
