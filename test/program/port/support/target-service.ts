import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { TestContext } from 'node:test';

/** A TCP service on the target, or on a host that the target can reach. */
export interface TargetService {
  readonly port: number;
  /** Connections that are open now. */
  readonly connections: ReadonlySet<Socket>;
  /** Number of connections so far. */
  readonly accepted: number;
  /** Stops listening and resets every connection, as a service that crashes. */
  crash(): Promise<void>;
  /** Listens again on the same port. */
  restart(): Promise<void>;
}

/** How a service listens. */
export interface ServiceOptions {
  readonly address?: string;
}

/** Starts a service for one test; each direction of a connection ends on its own. */
export async function startService(
  t: TestContext,
  serve: (socket: Socket) => void,
  { address = '127.0.0.1' }: ServiceOptions = {},
): Promise<TargetService> {
  const connections = new Set<Socket>();
  let server: Server | undefined;
  let port = 0;
  let accepted = 0;
  const listen = async (): Promise<void> => {
    const created = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
      accepted++;
      connections.add(socket);
      socket.on('close', () => connections.delete(socket));
      // A program that waits for data notices that none follows.
      socket.on('error', () => socket.destroy());
      serve(socket);
    });
    created.listen({ port, host: address, backlog: 4096 });
    await once(created, 'listening');
    ({ port } = created.address() as AddressInfo);
    server = created;
  };
  const crash = async (): Promise<void> => {
    if (server === undefined) return;
    const closed = once(server, 'close');
    server.close();
    server = undefined;
    for (const socket of connections) reset(socket);
    await closed;
  };
  await listen();
  t.after(crash);
  return {
    get port() {
      return port;
    },
    connections,
    get accepted() {
      return accepted;
    },
    crash,
    restart: listen,
  };
}

/** `resetAndDestroy()` has no effect on a connection whose end is already on its way. */
function reset(socket: Socket): void {
  if (socket.writableEnded) socket.destroy();
  else socket.resetAndDestroy();
}

/** Sends back all that came, once the client has ended its direction. */
export function sendBack(socket: Socket): void {
  const parts: Buffer[] = [];
  socket.on('data', (part: Buffer) => parts.push(part));
  socket.on('end', () => socket.end(Buffer.concat(parts)));
  socket.on('error', () => socket.destroy());
}

/** A service that accepts connections and never answers. */
export function startSilentService(t: TestContext): Promise<TargetService> {
  return startService(t, () => undefined);
}

/** A port on which nothing listens, for services that are down. */
export async function closedPort(t: TestContext): Promise<number> {
  const service = await startService(t, (socket) => socket.destroy());
  await service.crash();
  return service.port;
}
