import { once } from 'node:events';
import { connect, type NetConnectOpts, type Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { withDeadline } from '../../support/transcript.ts';

/** Connects as a local program does; closed when the test ends. */
export async function connectLocally(t: TestContext, to: NetConnectOpts): Promise<Socket> {
  const socket = connect({ allowHalfOpen: true, noDelay: true, ...to });
  t.after(() => socket.destroy());
  await withDeadline('the local connection', once(socket, 'connect'), () => JSON.stringify(to));
  // Tests wait for its end, which follows an error.
  socket.on('error', () => undefined);
  return socket;
}

/** All bytes of a connection up to its end. Rejects when it is reset. */
export function readToEnd(socket: Socket): Promise<Buffer> {
  const chunks: Buffer[] = [];
  const ended = new Promise<Buffer>((resolve, reject) => {
    socket.on('data', (bytes: Buffer) => chunks.push(bytes));
    socket.on('end', () => resolve(Buffer.concat(chunks)));
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('the connection was closed without an end')));
  });
  ended.catch(() => undefined);
  return withDeadline('the end of the connection', ended, () => sizeOf(chunks));
}

/** The next `count` bytes; later ones stay in the socket. */
export function readExactly(socket: Socket, count: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let missing = count;
  const read = new Promise<Buffer>((resolve, reject) => {
    const stop = (): void => {
      socket.off('readable', onReadable);
      socket.off('close', onClose);
      socket.off('end', onClose);
    };
    const onReadable = (): void => {
      while (missing > 0) {
        const bytes = socket.read(
          Math.min(missing, Math.max(1, socket.readableLength)),
        ) as Buffer | null;
        if (bytes === null) return;
        chunks.push(bytes);
        missing -= bytes.length;
      }
      stop();
      resolve(Buffer.concat(chunks));
    };
    const onClose = (): void => {
      stop();
      reject(new Error(`the connection ended, ${missing} of ${count} bytes are missing`));
    };
    socket.on('readable', onReadable);
    socket.on('close', onClose);
    socket.on('end', onClose);
    // A socket that has ended before emits no more events.
    if (socket.readableEnded || socket.closed) onClose();
    else onReadable();
  });
  read.catch(() => undefined);
  return withDeadline(`${count} bytes`, read, () => sizeOf(chunks));
}

/** Resolves when a connection was ended by the other side and is closed, or was reset. */
export async function closedLocally(socket: Socket): Promise<void> {
  if (socket.closed) return;
  if (socket.readableEnded) socket.end();
  else socket.once('end', () => socket.end());
  socket.resume();
  await withDeadline('the end of the local connection', onceClosed(socket), () => '');
}

/** Resolves when no program listens on the port. */
export function refusesConnections(to: NetConnectOpts): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(to);
    socket.on('connect', () => {
      socket.destroy();
      resolve(false);
    });
    socket.on('error', () => resolve(true));
  });
}

function onceClosed(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.once('close', () => resolve());
  });
}

function sizeOf(chunks: readonly Buffer[]): string {
  return `${chunks.reduce((sum, { length }) => sum + length, 0)} bytes came`;
}
