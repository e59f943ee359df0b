import type { ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Timer } from '../../../lib/clock.ts';
import type { LocalSocket } from '../../../session/port/connection/local-socket.ts';
import type { PeerWatch } from '../../../session/port/listen/waiting.ts';

/** How long a client has for its request, in milliseconds: programs send it at once. */
export const CLIENT_REQUEST_TIMEOUT_MS = 30_000;
/**
 * A client that has ended its sending direction waits for the answer, or has closed: not every system shows the
 * difference. Its connection is closed when nothing was written to it for this time.
 */
const HALF_CLOSED_TIMEOUT_MS = 60_000;
const HALF_CLOSED_CHECK_MS = 1_000;
/** Requests of one connection that have no answer yet: each keeps its headers, and no client in use sends ahead. */
export const MAX_OPEN_REQUESTS = 16;

/** The connections that speak HTTP, and the answers that are open on each. */
export interface ClientConnections {
  /** Waits for the first request of a connection, which is closed when none comes in time. */
  add(socket: LocalSocket): void;
  /**
   * A request has come. It is served when those before it are answered: it may depend on what they change (RFC 9112, section
   * 9.3.2). The time for the next one begins when no answer is open. With too many the connection is closed.
   */
  requested(socket: Duplex, response: ServerResponse, serve: () => void): void;
  /**
   * The connection gets no more requests.
   *
   * @returns the answers that are open on it; undefined when it has been released before
   */
  release(socket: Duplex): readonly ServerResponse[] | undefined;
}

interface Served {
  /** In the order of their requests, each with what serves it. Only the first is served. */
  readonly responses: Map<ServerResponse, () => void>;
  readonly onEnd: () => void;
  timer: Timer;
}

/** No connections. Node.js limits the time of requests only for a server that listens itself. */
export function createClientConnections({ clock, hasPeerClosed }: PeerWatch): ClientConnections {
  const connections = new Map<Duplex, Served>();
  const wait = (socket: Duplex): Timer =>
    clock.after(CLIENT_REQUEST_TIMEOUT_MS, () => socket.destroy());
  const release = (socket: Duplex): readonly ServerResponse[] | undefined => {
    const served = connections.get(socket);
    connections.delete(socket);
    if (served === undefined) return undefined;
    served.timer.cancel();
    socket.off('end', served.onEnd);
    return [...served.responses.keys()];
  };
  return {
    add(socket) {
      // Without a request that is open, the server closes it then.
      const onEnd = (): void => watchHalfClosed(socket, { clock, hasPeerClosed });
      connections.set(socket, { responses: new Map(), onEnd, timer: wait(socket) });
      socket.once('close', () => release(socket)).once('end', onEnd);
    },
    requested(socket, response, serve) {
      const served = connections.get(socket);
      if (served === undefined) return;
      const { responses } = served;
      served.timer.cancel();
      responses.set(response, serve);
      response.once('close', () => {
        responses.delete(response);
        if (connections.get(socket) !== served) return;
        const [next] = responses.values();
        served.timer.cancel();
        if (next === undefined) served.timer = wait(socket);
        else next();
      });
      if (responses.size > MAX_OPEN_REQUESTS) socket.destroy();
      else if (responses.size === 1) serve();
    },
    release,
  };
}

/** Closes a connection that has ended on the side of the client, when the client cannot want an answer any more. */
function watchHalfClosed(socket: LocalSocket, { clock, hasPeerClosed }: PeerWatch): void {
  let written = socket.bytesWritten;
  let since = clock.monotonic();
  const check = async (): Promise<void> => {
    if (await hasPeerClosed(socket)) socket.destroy();
  };
  const ticks = clock.every(HALF_CLOSED_CHECK_MS, () => {
    if (socket.bytesWritten !== written) {
      written = socket.bytesWritten;
      since = clock.monotonic();
    }
    if (clock.monotonic() - since >= HALF_CLOSED_TIMEOUT_MS) socket.destroy();
    else void check();
  });
  socket.once('close', () => ticks.cancel());
  void check();
}
