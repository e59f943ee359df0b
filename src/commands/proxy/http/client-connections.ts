import type { ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Clock, Timer } from '../../../lib/clock.ts';

/** How long a client has for its request, in milliseconds: programs send it at once. */
export const CLIENT_REQUEST_TIMEOUT_MS = 30_000;

/** The connections that speak HTTP, and the answers that are open on each. */
export interface ClientConnections {
  /** Waits for the first request of a connection, which is closed when none comes in time. */
  add(socket: Duplex): void;
  /** A request has come. The time for the next one begins when no answer is open. */
  requested(socket: Duplex, response: ServerResponse): void;
  /**
   * The connection gets no more requests.
   *
   * @returns the answers that are open on it; undefined when it has been released before
   */
  release(socket: Duplex): readonly ServerResponse[] | undefined;
}

interface Served {
  readonly responses: Set<ServerResponse>;
  timer: Timer;
}

/** No connections. Node.js limits the time of requests only for a server that listens itself. */
export function createClientConnections(clock: Clock): ClientConnections {
  const connections = new Map<Duplex, Served>();
  const wait = (socket: Duplex): Timer =>
    clock.after(CLIENT_REQUEST_TIMEOUT_MS, () => socket.destroy());
  const release = (socket: Duplex): readonly ServerResponse[] | undefined => {
    const served = connections.get(socket);
    connections.delete(socket);
    served?.timer.cancel();
    return served === undefined ? undefined : [...served.responses];
  };
  return {
    add(socket) {
      connections.set(socket, { responses: new Set(), timer: wait(socket) });
      socket.once('close', () => release(socket));
    },
    requested(socket, response) {
      const served = connections.get(socket);
      if (served === undefined) return;
      served.timer.cancel();
      served.responses.add(response);
      response.once('close', () => {
        served.responses.delete(response);
        if (served.responses.size > 0 || connections.get(socket) !== served) return;
        served.timer.cancel();
        served.timer = wait(socket);
      });
    },
    release,
  };
}
