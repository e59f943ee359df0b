import type { Clock, Timer } from '../../../lib/clock.ts';
import type { LocalSocket } from '../connection/local-socket.ts';
import type { PortHost } from '../port-host.ts';

/**
 * A program may send everything, close, and expect it to arrive: it does, if a session takes the connection within
 * this time. A session starts within seconds.
 */
const CLOSED_CONNECTION_MS = 30_000;
const CLOSED_CHECK_MS = 1_000;

/** How to find out that a program has given up: a connection that is not read shows nothing. */
export interface PeerWatch extends Pick<PortHost, 'hasPeerClosed'> {
  readonly clock: Clock;
}

/** Connections that no session can take now, in the order in which they came. */
export interface WaitingConnections {
  readonly first: LocalSocket | undefined;
  readonly size: number;
  add(connection: LocalSocket): void;
  /** It does not wait any more. */
  remove(connection: LocalSocket): void;
  /** Closes all. */
  close(): void;
}

/** @param peers - closes a connection that its program has closed; undefined for never */
export function createWaitingConnections(peers: PeerWatch | undefined): WaitingConnections {
  /** With when they came. */
  const waiting = new Map<LocalSocket, number>();
  let timer: Timer | undefined;

  const remove = (connection: LocalSocket): void => {
    waiting.delete(connection);
    if (waiting.size > 0) return;
    timer?.cancel();
    timer = undefined;
  };
  const closeIfClosed = async (connection: LocalSocket, watch: PeerWatch): Promise<void> => {
    if (!(await watch.hasPeerClosed(connection)) || !waiting.has(connection)) return;
    remove(connection);
    connection.destroy();
  };
  const check = (watch: PeerWatch): void => {
    for (const [connection, since] of waiting) {
      if (watch.clock.monotonic() - since < CLOSED_CONNECTION_MS) return;
      void closeIfClosed(connection, watch);
    }
  };

  return {
    get first() {
      const [connection] = waiting.keys();
      return connection;
    },
    get size() {
      return waiting.size;
    },
    add(connection) {
      waiting.set(connection, peers?.clock.monotonic() ?? 0);
      if (peers !== undefined) timer ??= peers.clock.every(CLOSED_CHECK_MS, () => check(peers));
    },
    remove,
    close() {
      for (const connection of waiting.keys()) {
        remove(connection);
        connection.destroy();
      }
    },
  };
}
