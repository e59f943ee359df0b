import type { Traffic } from '../../session/port/port-event.ts';
import { refusedWarning } from '../../session/port/port-texts.ts';
import { endpointText, portName, type ForwardedPort, type PortChange } from './forwarded-port.ts';
import { quantity } from '../../cli/output/quantity.ts';

/**
 * Reports the changes of one forwarded port, a line each. The port has recorded the change before. Its
 * session reports why it could not be forwarded, or why it ended.
 *
 * @param print - takes a line without its line break
 */
export function createLineReporter(
  target: string,
  port: ForwardedPort,
  print: (line: string) => void,
): (change: PortChange) => void {
  const { forward } = port;
  const destination =
    forward.host === undefined
      ? `port ${forward.port} of ${target}`
      : endpointText(forward.host, forward.port);
  return (change) => {
    const name = portName(port);
    switch (change.kind) {
      case 'listening':
        print(`${name} forwards to ${destination}`);
        break;
      case 'connected':
        print(`${name}: connection opened, ${change.open} open`);
        break;
      case 'disconnected':
        print(`${name}: connection closed, ${change.open} open, ${amounts(change.traffic)}`);
        break;
      case 'refused':
        print(`${name}: ${refusedWarning(change.open)}`);
        break;
      case 'destination-failed':
        print(`${name}: ${target} cannot connect to ${destination}`);
        break;
      case 'reconnecting':
        print(`${name}: connection lost, reconnecting…`);
        break;
      case 'reconnected':
        print(`${name}: reconnected`);
        break;
      case 'sessions':
      case 'session-failed': {
        const { up, of } = change.sessions;
        const line = sessionsLine(change);
        if (line !== undefined) print(`${name}: ${line}${up} of ${of} sessions are up`);
        break;
      }
      case 'ended':
        print(`${name}: no longer forwarded`);
        break;
      case 'failed':
        break;
    }
  };
}

/** @returns the beginning of a line; undefined where more sessions are about to change */
function sessionsLine(
  change: Extract<PortChange, { readonly kind: 'sessions' | 'session-failed' }>,
): string | undefined {
  if (change.kind === 'sessions') {
    if (change.because === 'lost') return 'a session has lost its connection, ';
    if (change.because === 'resumed') return 'a session is reconnected, ';
  }
  return change.sessions.starting === 0 ? '' : undefined;
}

function amounts({ sent, received }: Traffic): string {
  return `${quantity(sent)} sent, ${quantity(received)} received`;
}
