import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import type { Cut } from '../faults.ts';

/** A TCP relay before the gateway that cuts connections in the middle of a frame. */
export interface CuttingRelay {
  readonly port: number;
  close(): void;
}

const LOOPBACK = '127.0.0.1';

/**
 * Listens on a port of its own.
 *
 * @param targetPort - where the gateway listens
 * @param cuts - the n-th entry is for the n-th connection
 */
export async function startCuttingRelay(
  targetPort: number,
  cuts: readonly (Cut | undefined)[],
): Promise<CuttingRelay> {
  const sockets = new Set<Socket>();
  const track = (socket: Socket): void => {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
  };
  let connections = 0;
  const server = createServer((client) => {
    const cut = cuts[connections++];
    const gateway = connect(targetPort, LOOPBACK);
    track(client);
    track(gateway);
    const tearDown = (): void => {
      client.destroy();
      gateway.destroy();
    };
    client.on('close', tearDown);
    gateway.on('close', tearDown);
    const limit = (direction: Cut['direction']): number =>
      cut?.direction === direction ? cut.afterBytes : Infinity;
    if (cut?.afterBytes === 0) {
      tearDown();
      return;
    }
    forward(gateway, client, limit('to-client'), tearDown);
    forward(client, gateway, limit('to-agent'), tearDown);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, LOOPBACK, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** Passes `limit` bytes on, to the last one, and then tears the connection down. */
function forward(from: Socket, to: Socket, limit: number, tearDown: () => void): void {
  let left = limit;
  from.on('data', (bytes: Buffer) => {
    if (left === 0) return;
    const passed = bytes.length < left ? bytes : bytes.subarray(0, left);
    left -= passed.length;
    if (left === 0) {
      from.pause();
      to.write(passed, tearDown);
    } else if (!to.write(passed)) {
      from.pause();
    }
  });
  to.on('drain', () => {
    if (left > 0) from.resume();
  });
}
