import type { Traffic } from '../../session/port/port-event.ts';
import { refusedWarning } from '../../session/port/port-texts.ts';
import { endpointText, type ForwardedPort, type PortChange } from './forwarded-port.ts';
import { quantity } from './quantity.ts';

/**
 * Reports the changes of one forwarded port, a line each. The port has recorded the change before. Its
 * session reports why it could not be forwarded, or why it ended.
 *
 * @param say - takes a line without its line break
 */
export function tellLines(
  target: string,
  port: ForwardedPort,
  say: (line: string) => void,
): (change: PortChange) => void {
  const { forward } = port;
  const destination =
    forward.host === undefined
      ? `port ${forward.port} of ${target}`
      : endpointText(forward.host, forward.port);
  return (change) => {
    const { local } = port;
    const name =
      local.address === undefined ? `port ${local.port}` : endpointText(local.address, local.port);
    switch (change.kind) {
      case 'listening':
        say(`${name} forwards to ${destination}`);
        break;
      case 'connected':
        say(`${name}: connection opened, ${change.open} open`);
        break;
      case 'disconnected':
        say(`${name}: connection closed, ${change.open} open, ${amounts(change.traffic)}`);
        break;
      case 'refused':
        say(`${name}: ${refusedWarning(change.open)}`);
        break;
      case 'destination-failed':
        say(`${name}: ${target} cannot connect to ${destination}`);
        break;
      case 'reconnecting':
        say(`${name}: connection lost, reconnecting…`);
        break;
      case 'reconnected':
        say(`${name}: reconnected`);
        break;
      case 'failed':
      case 'ended':
        break;
    }
  };
}

function amounts({ sent, received }: Traffic): string {
  return `${quantity(sent)} sent, ${quantity(received)} received`;
}
