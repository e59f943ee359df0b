import type { SessionFailure } from './ending.ts';
import type { PortEvent } from './port/port-event.ts';

/** What happens in a session, for a listener that shows its state. */
export type SessionEvent =
  | PortEvent
  | {
      /** The connection is lost, and reconnecting takes more than a few seconds. */
      readonly kind: 'reconnecting';
      readonly reason: string;
      /** When it was lost, in monotonic milliseconds. */
      readonly since: number;
    }
  | { readonly kind: 'reconnected' }
  | {
      /** The session is about to end: it takes nothing more, and its local connections end after this. */
      readonly kind: 'session-ending';
      /** As in `session-ended`, as far as it is known. */
      readonly failure: SessionFailure | undefined;
    }
  | {
      /** The session has ended; the last of its own events, though connections may still close. */
      readonly kind: 'session-ended';
      /** Why; undefined when the user or the remote side wanted it to end. */
      readonly failure: SessionFailure | undefined;
      /** The exit status that the remote side has reported, if it has. */
      readonly reportedStatus: number | undefined;
    };
