import { open } from 'node:fs/promises';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Clock } from '../lib/clock.ts';
import { parseSocketTable, type SocketTable } from './socket-table.ts';

/** Files in which Linux lists the sockets of a network namespace (proc(5)). */
const TABLES = ['/proc/net/tcp', '/proc/net/tcp6'];
/**
 * Bytes that are read of a table, some 28 000 sockets: a read costs the kernel time for every socket of
 * the machine. Sockets after it count as unknown.
 */
const TABLE_BYTES_LIMIT = 4 * 1024 * 1024;
/** One system call returns about a page, however large the buffer is. */
const READ_BYTES = 16 * 1024;
/** Shortest interval between two reads of the tables, however many connections are checked. */
const READ_INTERVAL_MS = 50;

/**
 * Checks whether the other end of a half-closed connection has closed it completely. False when this system
 * cannot determine it. Never rejects.
 */
export type PeerCheck = (
  socket: Duplex &
    Partial<Pick<Socket, 'localAddress' | 'localPort' | 'remoteAddress' | 'remotePort'>>,
) => Promise<boolean>;

/** What a check works with. */
export interface PeerCheckOptions {
  readonly clock: Clock;
  readonly platform: NodeJS.Platform;
  /** Reads a file, up to a limit; rejects when it cannot be read. */
  readonly readTable: (path: string) => Promise<string>;
}

/**
 * An empty write changes nothing, and fails when the system knows that nothing can be written: when the
 * other end of a unix socket is closed, and when the other end of a TCP connection has sent a reset
 * (`unix_stream_sendmsg`, `tcp_sendmsg_locked` of Linux; both tried). When both ends of a TCP connection
 * are on this Linux machine, the kernel's tables show them: a closed end belongs to no process. Checks
 * at the same time share one read.
 */
export function createPeerCheck(options: PeerCheckOptions): PeerCheck {
  const { clock, platform } = options;
  let lastReadAt = -Infinity;
  let lastRead: Promise<unknown> = Promise.resolve();
  /** A read that has not begun: its result is newer than all checks so far. */
  let nextRead: Promise<SocketTable> | undefined;

  const readAfter = async (previous: Promise<unknown>): Promise<SocketTable> => {
    await previous;
    const wait = lastReadAt + READ_INTERVAL_MS - clock.monotonic();
    if (wait > 0) await new Promise<void>((resolve) => clock.after(wait, resolve));
    lastReadAt = clock.monotonic();
    nextRead = undefined;
    // A kernel without IPv6 has only one of them.
    return parseSocketTable(
      await Promise.all(TABLES.map((path) => options.readTable(path).catch(() => ''))),
    );
  };

  return async (socket) => {
    const { localAddress, localPort, remoteAddress, remotePort } = socket;
    const isTcp = localAddress !== undefined && localPort !== undefined;
    // In a named pipe an empty write is a message, which its reader may understand as the end.
    if (!isTcp && platform === 'win32') return false;
    if (await failsToWrite(socket)) return true;
    if (!isTcp || remoteAddress === undefined || remotePort === undefined) return false;
    if (platform !== 'linux') return false;
    if (nextRead === undefined) lastRead = nextRead = readAfter(lastRead);
    const table = await nextRead;
    return table.isClosedByPeer(
      { address: localAddress, port: localPort },
      { address: remoteAddress, port: remotePort },
    );
  };
}

function failsToWrite(socket: Duplex): Promise<boolean> {
  return new Promise((resolve) => {
    socket.write(Buffer.alloc(0), (error) => resolve(error instanceof Error));
  });
}

/** Reads a table of the kernel up to a limit. */
export async function readTable(path: string): Promise<string> {
  const file = await open(path, 'r');
  try {
    const pieces: Buffer[] = [];
    let size = 0;
    while (size < TABLE_BYTES_LIMIT) {
      const { bytesRead, buffer } = await file.read(Buffer.alloc(READ_BYTES), 0, READ_BYTES, null);
      if (bytesRead === 0) break;
      pieces.push(buffer.subarray(0, bytesRead));
      size += bytesRead;
    }
    return Buffer.concat(pieces).toString('latin1');
  } finally {
    await file.close();
  }
}
