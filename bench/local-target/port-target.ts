import { createServer, type Socket } from 'node:net';
import { listenLocally, type LocalServer } from '../listen-locally.ts';

/** The TCP server that sessions are forwarded to. Each connection begins with one line: */
export type PortOrder =
  /** `down <bytes>`: the server sends this many bytes. */
  | `down ${number}`
  /** `up <bytes>`: it reads this many bytes, then reports in a line how long all but the first took. */
  | `up ${number}`
  /** `echo 0`: it sends back whatever comes. */
  | 'echo 0';

/** Bytes of an upload that come before its rate is measured: what windows and buckets start with. */
export const WARM_UP_BYTES = 2 * 1024 * 1024;

const BLOCK = Buffer.alloc(64 * 1024, 'd');

/** Sends this many bytes, no faster than the socket takes them. */
export function sendBytes(socket: Socket, bytes: number): void {
  let left = bytes;
  const go = (): void => {
    while (left > 0) {
      const block = BLOCK.subarray(0, Math.min(left, BLOCK.length));
      left -= block.length;
      if (!socket.write(block)) {
        socket.once('drain', go);
        return;
      }
    }
  };
  go();
}

/** Starts the server on a port of the loopback interface. */
export async function startPortTarget(): Promise<LocalServer> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    socket.once('data', (first: Buffer) => {
      const end = first.indexOf('\n');
      const [order = '', bytes = '0'] = first.toString('latin1', 0, end).split(' ');
      obey(socket, order, Number(bytes), first.subarray(end + 1));
    });
  });
  return listenLocally(server, sockets);
}

function obey(socket: Socket, order: string, bytes: number, rest: Buffer): void {
  switch (order) {
    case 'down':
      sendBytes(socket, bytes);
      break;
    case 'up':
      take(socket, bytes, rest);
      break;
    case 'echo':
      socket.write(rest);
      socket.pipe(socket);
      break;
    default:
      socket.destroy();
  }
}

function take(socket: Socket, bytes: number, rest: Buffer): void {
  let received = rest.length;
  let warmAt = 0;
  socket.on('data', (chunk) => {
    received += chunk.length;
    if (warmAt === 0 && received >= WARM_UP_BYTES) warmAt = performance.now();
    if (received >= bytes) socket.write(`${(performance.now() - warmAt) / 1000}\n`);
  });
}
