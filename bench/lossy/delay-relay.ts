import { connect, createServer, type Socket } from 'node:net';
import { listenLocally, type LocalServer } from '../listen-locally.ts';

/**
 * Simulates a server that is farther away: passes TCP connections on to a port of this machine. Each byte is
 * delayed by this many milliseconds in either direction, so each round trip takes twice as many more.
 */
export async function startDelayRelay(port: number, delayMs: number): Promise<LocalServer> {
  const sockets = new Set<Socket>();
  const passOn = (from: Socket, to: Socket): void => {
    sockets.add(from);
    // Timers of one delay keep their order.
    from.on('data', (chunk) => setTimeout(() => to.write(chunk), delayMs));
    from.on('close', () => {
      sockets.delete(from);
      setTimeout(() => to.destroy(), delayMs);
    });
    from.on('error', () => from.destroy());
  };
  const server = createServer((near) => {
    const far = connect(port, '127.0.0.1');
    near.setNoDelay();
    far.setNoDelay();
    passOn(near, far);
    passOn(far, near);
  });
  return listenLocally(server, sockets);
}
