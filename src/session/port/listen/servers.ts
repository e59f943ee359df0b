import type { ListenOptions, Server, Socket } from 'node:net';
import { systemCode } from '../../../lib/errors/system-error.ts';
import type { PortHost } from '../port-host.ts';
import type { ListenError } from './listen-error.ts';

/** Connections that the system may queue before they are accepted; its own limit applies if it is lower. */
const BACKLOG = 4096;

/** The servers of one listener. */
export interface Servers {
  /**
   * Opens one more server. After `close()` the promise stays pending.
   *
   * @throws ListenError as `describe` makes it of the error of the system
   */
  bind(options: ListenOptions, describe: (error: Error) => ListenError): Promise<Server>;
  /** Closes one server. */
  remove(server: Server): void;
  /** Closes all servers; their connections stay open. Idempotent. */
  close(): void;
}

/** No servers yet. Their connections are not read before `resume()`: they may wait for a session. */
export function createServers(
  host: Pick<PortHost, 'createServer' | 'logger'>,
  onConnection: (connection: Socket) => void,
): Servers {
  const servers = new Set<Server>();
  let isClosed = false;
  return {
    bind: (options, describe) =>
      new Promise((resolve, reject) => {
        if (isClosed) return;
        const server = host.createServer(
          { allowHalfOpen: true, noDelay: true, pauseOnConnect: true },
          onConnection,
        );
        servers.add(server);
        const onError = (error: Error): void => {
          servers.delete(server);
          reject(describe(error));
        };
        server.once('error', onError);
        server.listen({ ...options, backlog: BACKLOG }, () => {
          server.off('error', onError);
          server.on('error', (error) => host.logger.warn(`local listener: ${systemCode(error)}`));
          resolve(server);
        });
      }),
    remove(server) {
      servers.delete(server);
      server.close();
    },
    close() {
      isClosed = true;
      for (const server of servers) server.close();
      servers.clear();
    },
  };
}
