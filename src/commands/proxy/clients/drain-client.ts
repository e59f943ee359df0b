import type { Duplex } from 'node:stream';
import type { Clock } from '../../../lib/clock.ts';

/**
 * How long a client has to close a connection that has ended here. Its bytes are read until then: a close with
 * unread bytes would reset the connection, and the client could lose the reply.
 */
const CLIENT_CLOSE_TIMEOUT_MS = 5_000;

/** Reads a connection that has ended here, and that no session has taken, until it is closed. */
export function drainClient(socket: Duplex, clock: Clock): void {
  socket.resume();
  const timer = clock.after(CLIENT_CLOSE_TIMEOUT_MS, () => socket.destroy());
  socket.once('close', () => timer.cancel());
}
