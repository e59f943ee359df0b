import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** The connection of a local program, or a stream in its place; only a TCP connection has addresses. */
export type LocalSocket = Duplex &
  Pick<Socket, 'bytesRead' | 'bytesWritten'> &
  Partial<Pick<Socket, 'localAddress' | 'localPort' | 'remoteAddress' | 'remotePort'>>;
