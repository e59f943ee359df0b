import type { SessionEvent } from '../../session/session-event.ts';
import type { Forward } from './parse-forward.ts';

const BYTES_PER_UNIT = 1024;
const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

/**
 * Tells the state of one forwarded port, a line for each change.
 *
 * @param say - takes a line without its line break
 */
export function tellForwardState(
  target: string,
  { host, port, localPort }: Forward,
  say: (line: string) => void,
): (event: SessionEvent) => void {
  const destination = host === undefined ? `port ${port} of ${target}` : `${host}:${port}`;
  let name = `port ${localPort}`;
  return (event) => {
    switch (event.kind) {
      case 'listening':
        if (event.on.kind === 'tcp') {
          name = `${event.on.addresses[0] ?? 'localhost'}:${event.on.port}`;
        }
        say(`${name} leads to ${destination}`);
        break;
      case 'connected':
        say(`${name}: connection opened, ${event.open} open`);
        break;
      case 'disconnected':
        say(
          `${name}: connection closed, ${event.open} open, ` +
            `${quantity(event.traffic.sent)} sent, ${quantity(event.traffic.received)} received`,
        );
        break;
      case 'destination-failed':
        say(`${name}: ${target} cannot connect to ${destination}`);
        break;
      case 'reconnecting':
        say(`${name}: connection lost (${event.reason}), reconnecting...`);
        break;
      case 'reconnected':
        say(`${name}: reconnected`);
        break;
      case 'over':
        break;
    }
  };
}

/** A number of bytes for people: `0 B`, `1.5 KiB`. */
export function quantity(bytes: number): string {
  let rest = bytes;
  let unit = 0;
  while (rest >= BYTES_PER_UNIT && unit < UNITS.length - 1) {
    rest /= BYTES_PER_UNIT;
    unit++;
  }
  return `${unit === 0 ? rest : rest.toFixed(1)} ${UNITS[unit] ?? ''}`;
}
