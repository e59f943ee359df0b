import type { PortEvent } from './port/port-event.ts';

/** What happens in a session, for whoever shows its state. */
export type SessionEvent =
  | PortEvent
  | {
      /** The connection is lost, and it takes its time to make it again. */
      readonly kind: 'reconnecting';
      readonly reason: string;
      /** When it was lost, in monotonic milliseconds. */
      readonly since: number;
    }
  | { readonly kind: 'reconnected' }
  | {
      /** The session has ended; the last of its own events, though connections may still close. */
      readonly kind: 'over';
      /** Why, when nobody on this side wanted it to. */
      readonly reason: string | undefined;
    };
