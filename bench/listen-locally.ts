import type { AddressInfo, Server, Socket } from 'node:net';

/** A server of the bench on a free port of this machine. */
export interface LocalServer {
  readonly port: number;
  /** Stops listening and destroys the connections. */
  close(): void;
}

/** @param sockets - those of the server's connections, which `close` destroys */
export async function listenLocally(
  server: Server,
  sockets: Iterable<Socket>,
): Promise<LocalServer> {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
