import { dirname } from 'node:path';
import type { ListenOptions, Server, Socket } from 'node:net';
import { errorText } from '../../../lib/error-text.ts';
import { systemCode } from '../../../lib/system-error.ts';
import { ListenError, tcpListenError, unixListenError } from './listen-error.ts';
import type { PortHost } from '../port-host.ts';
import type { LocalEndpoint } from '../properties.ts';
import { assertSocketPathFits } from './unix-socket-path.ts';

/** Where local programs can connect to now. */
export type ListeningOn =
  | {
      readonly kind: 'tcp';
      readonly port: number;
      /** The addresses bound, all with the same port. */
      readonly addresses: readonly string[];
    }
  | { readonly kind: 'unix'; readonly path: string };

/** What a listener reports. */
export interface ListenerEvents {
  /** Local programs can connect. Comes first, and at most once. */
  listening(on: ListeningOn): void;
  /** It cannot listen, for this reason. Nothing else follows. */
  failed(reason: string): void;
  /** A local program has connected. Each direction of the connection can be ended on its own. */
  connection(connection: Socket): void;
}

/** A local listener. */
export interface Listener {
  /** Stops listening and removes a unix socket; connections stay. Idempotent. */
  close(): void;
}

const IPV4_LOOPBACK = '127.0.0.1';
const IPV6_LOOPBACK = '::1';
const LOCALHOST = 'localhost';
/**
 * How often another port is asked of the system when the one it chose for 127.0.0.1 is taken on
 * ::1. Each try fails with the share of taken ports, so this many in a row do not happen.
 */
const CHOICES_LIMIT = 16;
/** Connections the system may keep before they are accepted; it takes its own limit if that is less. */
const BACKLOG = 4096;
/** Leaves reading and writing to the owner: the socket gives access to whatever is behind it. */
const OWNER_ONLY_UMASK = 0o177;

/**
 * Listens for local programs: on `localhost`, that is 127.0.0.1 and, where there is one, ::1; on
 * the host's `localHost` instead if it is set; or on a unix socket (docs/design/protocol.md#ports).
 *
 * @param pauseOnConnect - connections are handed out unread, to be read after `resume()`
 */
export function openListener(
  local: LocalEndpoint,
  host: PortHost,
  pauseOnConnect: boolean,
  events: ListenerEvents,
): Listener {
  const servers = new Set<Server>();
  let closed = false;
  let announced = false;
  /** Connections from between the first bind and the announcement. */
  let early: Socket[] = [];

  const accept = (connection: Socket): void => {
    // An error without a listener would be an uncaught exception; `close` follows and is acted on.
    connection.on('error', (error) => host.logger.debug(`local connection: ${systemCode(error)}`));
    if (announced) events.connection(connection);
    else early.push(connection);
  };

  const bind = (options: ListenOptions, describe: (error: Error) => ListenError): Promise<Server> =>
    new Promise((resolve, reject) => {
      if (closed) return;
      const server = host.createServer(
        { allowHalfOpen: true, noDelay: true, pauseOnConnect },
        accept,
      );
      servers.add(server);
      const onError = (error: Error): void => {
        servers.delete(server);
        reject(describe(error));
      };
      server.once('error', onError);
      server.listen(options, () => {
        server.off('error', onError);
        server.on('error', (error) => host.logger.warn(`local listener: ${systemCode(error)}`));
        resolve(server);
      });
    });

  const bindTcp = (address: string, port: number): Promise<Server> =>
    bind({ host: address, port, backlog: BACKLOG }, (error) =>
      tcpListenError(address, port, error),
    );

  const bindLocalhost = async (port: number): Promise<ListeningOn> => {
    for (let choice = 1; ; choice++) {
      const ipv4 = await bindTcp(IPV4_LOOPBACK, port);
      const chosen = portOf(ipv4, port);
      try {
        await bindTcp(IPV6_LOOPBACK, chosen);
        return { kind: 'tcp', port: chosen, addresses: [IPV4_LOOPBACK, IPV6_LOOPBACK] };
      } catch (error) {
        // A machine without IPv6 is served by IPv4 alone. But who asks for `localhost` may try ::1
        // first, and must not reach a stranger there.
        if (!(error instanceof ListenError) || error.code !== 'EADDRINUSE') {
          return { kind: 'tcp', port: chosen, addresses: [IPV4_LOOPBACK] };
        }
        servers.delete(ipv4);
        ipv4.close();
        if (port !== 0 || choice === CHOICES_LIMIT) throw error;
      }
    }
  };

  const bindHost = async (address: string, port: number): Promise<ListeningOn> => {
    const server = await bindTcp(address, port);
    const bound = server.address();
    const name = typeof bound === 'object' && bound !== null ? bound.address : address;
    return { kind: 'tcp', port: portOf(server, port), addresses: [name] };
  };

  const bindUnix = async (path: string): Promise<ListeningOn> => {
    assertSocketPathFits(path, host.platform);
    const before = host.umask(OWNER_ONLY_UMASK);
    let bound: Promise<Server>;
    try {
      // The file is made before this call returns, so the mask holds for nothing else.
      bound = bind({ path, backlog: BACKLOG }, (error) =>
        unixListenError(path, error, host.exists(dirname(path))),
      );
    } finally {
      host.umask(before);
    }
    await bound;
    return { kind: 'unix', path };
  };

  const open = (): Promise<ListeningOn> => {
    if (local.kind === 'unix') return bindUnix(local.path);
    if (host.localHost === '' || host.localHost === LOCALHOST) return bindLocalhost(local.port);
    return bindHost(host.localHost.replace(/^\[(.*)\]$/, '$1'), local.port);
  };

  const close = (): void => {
    closed = true;
    for (const server of servers) server.close();
    servers.clear();
    for (const connection of early) connection.destroy();
    early = [];
  };

  open().then(
    (on) => {
      if (closed) return;
      events.listening(on);
      announced = true;
      const connections = early;
      early = [];
      for (const connection of connections) events.connection(connection);
    },
    (error: unknown) => {
      if (closed) return;
      close();
      events.failed(errorText(error));
    },
  );
  return { close };
}

function portOf(server: Server, asked: number): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : asked;
}
