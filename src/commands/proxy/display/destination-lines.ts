import { quantity } from '../../../cli/output/quantity.ts';
import { refusedWarning } from '../../../session/port/port-texts.ts';
import type { DestinationEvent } from '../pool/destination-session.ts';

/**
 * What happened to a destination, as a line for people.
 *
 * @param name - host and port
 * @param target - the target as people know it
 * @returns undefined for what they need not know
 */
export function destinationLine(
  name: string,
  target: string,
  event: DestinationEvent,
): string | undefined {
  switch (event.kind) {
    case 'joined':
      return `${name}: session started`;
    case 'connected':
      return `${name}: connection opened, ${event.open} open`;
    case 'disconnected': {
      const { sent, received } = event.traffic;
      const amounts = `${quantity(sent)} sent, ${quantity(received)} received`;
      return `${name}: connection closed, ${event.open} open, ${amounts}`;
    }
    case 'refused':
      return `${name}: ${refusedWarning(event)}`;
    case 'destination-failed':
      return `${name}: ${target} cannot connect to it`;
    case 'reconnecting':
      return `${name}: connection lost, reconnecting…`;
    case 'reconnected':
      return `${name}: reconnected`;
    case 'session-ended':
      // The session itself reports a failure.
      return event.failure === undefined ? `${name}: session ended` : undefined;
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
