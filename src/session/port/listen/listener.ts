import type { Socket } from 'node:net';
import { failureOf } from '../../../lib/errors/program-error.ts';
import type { SessionFailure } from '../../ending.ts';
import { systemCode } from '../../../lib/errors/system-error.ts';
import type { LocalSocket } from '../connection/local-socket.ts';
import type { LocalEndpoint } from '../properties.ts';
import { bind, type ListeningHost, type ListeningOn } from './bind.ts';
import { createServers } from './servers.ts';

/** What a listener reports. */
export interface ListenerEvents<ConnectedSocket extends LocalSocket = LocalSocket> {
  /** Local programs can connect. The first event, at most once. */
  listening(on: ListeningOn): void;
  /** It cannot listen. Nothing follows. */
  failed(failure: SessionFailure): void;
  /** A local program has connected. Each direction of the connection ends separately, and nothing is read before `resume()`. */
  connection(connection: ConnectedSocket): void;
}

/** A local listener. */
export interface Listener {
  /** Stops listening and removes a unix socket; connections stay open. Idempotent. */
  close(): void;
}

/** Listens for local programs, see {@link bind}. */
export function openListener(
  local: LocalEndpoint,
  host: ListeningHost,
  events: ListenerEvents<Socket>,
): Listener {
  let state: 'binding' | 'listening' | 'closed' = 'binding';
  /** Connections from before all addresses were bound. */
  let early: Socket[] = [];

  const servers = createServers(host, (connection) => {
    // An error without a listener would be an uncaught exception; `close` follows and is handled.
    connection.on('error', (error) => host.logger.debug(`local connection: ${systemCode(error)}`));
    switch (state) {
      case 'binding':
        early.push(connection);
        break;
      case 'listening':
        events.connection(connection);
        break;
      case 'closed':
        connection.destroy();
        break;
    }
  });

  const close = (): void => {
    state = 'closed';
    servers.close();
    for (const connection of early) connection.destroy();
    early = [];
  };
  const onListening = (on: ListeningOn): void => {
    if (state === 'closed') return;
    state = 'listening';
    events.listening(on);
    const connections = early;
    early = [];
    for (const connection of connections) events.connection(connection);
  };
  const onFailed = (error: unknown): void => {
    if (state === 'closed') return;
    close();
    events.failed(failureOf(error));
  };
  bind(local, host, servers).then(onListening, onFailed);
  return { close };
}
