import { createSocket } from 'node:dgram';
import { createServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import type { RelayDestination } from '../../../src/relay/protocol/write-frames.ts';

const LOOPBACK = '127.0.0.1';

async function listenFor(
  t: TestContext,
  listen: (server: Server) => void,
  onSocket: (socket: Socket) => void,
): Promise<Server> {
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    onSocket(socket);
  });
  t.after(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  listen(server);
  await once(server, 'listening');
  return server;
}

/** A TCP server of the target. */
export async function tcpDestination(
  t: TestContext,
  onSocket: (socket: Socket) => void,
): Promise<RelayDestination> {
  const server = await listenFor(t, (one) => one.listen(0, LOOPBACK, 2048), onSocket);
  return { kind: 'tcp', address: LOOPBACK, port: portOf(server.address()) };
}

/** A server of a Unix socket. */
export async function unixDestination(
  t: TestContext,
  onSocket: (socket: Socket) => void,
): Promise<RelayDestination> {
  const path = join(temporaryDirectory(t), 'socket');
  await listenFor(t, (one) => one.listen(path), onSocket);
  return { kind: 'unix', address: path, port: 0 };
}

/** A UDP service that answers each datagram with itself. */
export async function udpDestination(t: TestContext): Promise<RelayDestination> {
  const socket = createSocket('udp4');
  socket.on('message', (bytes, { port, address }) => socket.send(bytes, port, address));
  t.after(() => socket.close());
  socket.bind(0, LOOPBACK);
  await once(socket, 'listening');
  return { kind: 'udp', address: LOOPBACK, port: socket.address().port };
}

/** A TCP port on which nothing listens. */
export async function closedDestination(): Promise<RelayDestination> {
  const server = createServer().listen(0, LOOPBACK);
  await once(server, 'listening');
  const port = portOf(server.address());
  server.close();
  await once(server, 'close');
  return { kind: 'tcp', address: LOOPBACK, port };
}

function portOf(address: ReturnType<Server['address']>): number {
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
