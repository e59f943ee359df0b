import type { ConnectionEvent } from '../../../cli/remote/remote.ts';
import { endpointText } from '../../../lib/endpoint-text.ts';
import type { SessionFailure } from '../../../session/ending.ts';
import type { DestinationContext } from '../pool/destination-session.ts';
import type { Destination } from '../rules/destination.ts';
import { createFastDestination, type FastDestination } from './fast-destination.ts';

/** The destinations of a proxy, each shown once, whatever tunnels its connections use. */
export interface SharedDestinations {
  /** @returns the destination, which uses this tunnel from now on */
  in(tunnel: object, destination: Destination): FastDestination;
  /** The connection of a tunnel was lost, or is back. */
  connection(tunnel: object, event: ConnectionEvent): void;
  /** A tunnel is lost, and its connections with it. */
  lost(tunnel: object, failure: SessionFailure | undefined): void;
}

/** A destination, and what it uses. */
interface Shown {
  readonly destination: FastDestination;
  readonly tunnels: Set<object>;
  /** Those without a connection at the moment. */
  readonly disconnected: Set<object>;
}

/** None at first. */
export function createSharedDestinations(context: DestinationContext): SharedDestinations {
  const shown = new Map<string, Shown>();
  const add = (key: string, destination: Destination): Shown => {
    const added: Shown = {
      destination: createFastDestination(context, destination, () => {
        if (shown.get(key) === added) shown.delete(key);
      }),
      tunnels: new Set(),
      disconnected: new Set(),
    };
    shown.set(key, added);
    return added;
  };
  const back = ({ destination, disconnected }: Shown, tunnel: object): void => {
    if (!disconnected.delete(tunnel) || disconnected.size > 0) return;
    destination.connection({ kind: 'reconnected' });
  };
  return {
    in(tunnel, destination) {
      const key = endpointText(destination.host, destination.port);
      const one = shown.get(key) ?? add(key, destination);
      one.tunnels.add(tunnel);
      return one.destination;
    },
    connection(tunnel, event) {
      for (const one of shown.values()) {
        if (!one.tunnels.has(tunnel)) continue;
        if (event.kind === 'reconnected') {
          back(one, tunnel);
          continue;
        }
        one.disconnected.add(tunnel);
        if (one.disconnected.size === 1) one.destination.connection(event);
      }
    },
    lost(tunnel, failure) {
      for (const [key, one] of [...shown]) {
        if (!one.tunnels.delete(tunnel)) continue;
        if (one.tunnels.size > 0) {
          one.destination.cut(failure);
          back(one, tunnel);
          continue;
        }
        // Who asks for it from now on gets another tunnel.
        shown.delete(key);
        one.destination.lost(failure);
      }
    },
  };
}
