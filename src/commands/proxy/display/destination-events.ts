import { messageOf } from '../../../lib/errors/failure.ts';
import type { ListeningOn } from '../../../session/port/listen/bind.ts';
import type { DestinationEvent } from '../pool/destination-session.ts';
import type { Destination } from '../rules/destination.ts';

/** A line of `proxy --json`. Events and members may be added, but none changes its meaning. */
export type ProxyEvent = {
  /** UTC (RFC 3339). */
  readonly time: string;
  readonly target: string;
} & (
  | {
      /** The proxy serves clients. The first event. */
      readonly event: 'listening';
      readonly local: Extract<ListeningOn, { readonly kind: 'tcp' }>;
      readonly variables: Readonly<Record<string, string>>;
      /** URL of the auto-configuration file. */
      readonly pac: string;
    }
  | ({ readonly destination: Destination } & DestinationFacts)
  /** This many events were dropped before this line: stdout was not read. */
  | { readonly event: 'dropped'; readonly events: number }
);

type DestinationFacts =
  | {
      readonly event:
        'session-started' | 'destination-failed' | 'reconnecting' | 'reconnected' | 'session-ended';
      /** Why the session ended, or what cut it off. */
      readonly message?: string;
    }
  | { readonly event: 'connected' | 'refused'; readonly open: number }
  | {
      readonly event: 'disconnected';
      readonly open: number;
      /** Bytes from the client. */
      readonly sent: number;
      /** Bytes to the client. */
      readonly received: number;
    };

/** What programs learn of an event; undefined for what they need not know. */
export function factsOf(event: DestinationEvent): DestinationFacts | undefined {
  switch (event.kind) {
    case 'joined':
      return { event: 'session-started' };
    case 'connected':
    case 'refused':
      return { event: event.kind, open: event.open };
    case 'disconnected': {
      const { sent, received } = event.traffic;
      return { event: 'disconnected', open: event.open, sent, received };
    }
    case 'destination-failed':
    case 'reconnected':
      return { event: event.kind };
    case 'reconnecting':
      return { event: 'reconnecting', message: event.reason };
    case 'session-ended': {
      const { failure } = event;
      const why = failure === undefined ? {} : { message: messageOf(failure) };
      return { event: 'session-ended', ...why };
    }
    case 'listening':
    case 'left':
    case 'requested':
    case 'answered':
    case 'session-ending':
    case 'starting':
    case 'ended':
      return undefined;
  }
}
