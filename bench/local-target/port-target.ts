import { randomBytes, randomInt } from 'node:crypto';
import { createServer, type Socket } from 'node:net';
import { listenLocally, type LocalServer } from '../listen-locally.ts';

/** What the server sends. */
export type DownOrder = 'down' | 'text' | 'random';

/** The TCP server that sessions are forwarded to. Each connection begins with one line: */
export type PortOrder =
  /** The server sends this many bytes: the same again and again, text that compresses to about a quarter, or random ones. */
  | `${DownOrder} ${number}`
  /** `up <bytes>`: it reads this many bytes, then reports in a line how long all but the first took. */
  | `up ${number}`
  /** `echo 0`: it sends back whatever comes. */
  | 'echo 0';

/** Bytes of an upload that come before its rate is measured: what windows and buckets start with. */
export const WARM_UP_BYTES = 2 * 1024 * 1024;

const BLOCK_BYTES = 64 * 1024;
const BLOCK = Buffer.alloc(BLOCK_BYTES, 'd');

/** Sends this many bytes of a block again and again, no faster than the socket takes them. */
export function sendBytes(socket: Socket, bytes: number, repeated: Buffer = BLOCK): void {
  let left = bytes;
  const go = (): void => {
    while (left > 0) {
      const block = repeated.subarray(0, Math.min(left, repeated.length));
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
    case 'random':
      sendBytes(socket, bytes, randomBytes(BLOCK_BYTES));
      break;
    case 'text':
      sendBytes(socket, bytes, textBlock());
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

/** Lines as of a server's log. */
function textBlock(): Buffer {
  const line = (): string =>
    `10.0.0.${randomInt(100)} GET /items/${randomInt(100_000)} HTTP/1.1 200 ${randomInt(10_000)}\n`;
  return Buffer.from(Array.from({ length: BLOCK_BYTES / line().length }, line).join(''));
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
