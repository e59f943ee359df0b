import { lstat, unlink } from 'node:fs/promises';
import { connect } from 'node:net';
import { systemCode } from '../../../lib/errors/system-error.ts';
import type { ListeningHost } from '../../../session/port/listen/bind.ts';
import {
  openListener,
  type Listener,
  type ListenerEvents,
} from '../../../session/port/listen/listener.ts';

/**
 * Listens on a Unix socket that only its user may use. One of a process that was killed is replaced; anything else at its
 * path is left, and listening fails.
 */
export function listenOnSocket(
  path: string,
  host: ListeningHost,
  events: ListenerEvents,
): Listener {
  let listener: Listener | undefined;
  let isClosed = false;
  void removeStale(path).then(() => {
    if (!isClosed) listener = openListener({ kind: 'unix', path }, host, events);
  });
  return {
    close() {
      isClosed = true;
      listener?.close();
    },
  };
}

/** Removes a socket of the user on which nothing listens. Never rejects: what cannot be removed prevents listening. */
async function removeStale(path: string): Promise<void> {
  try {
    const found = await lstat(path);
    if (!found.isSocket() || found.uid !== process.getuid?.()) return;
    if (await isDead(path)) await unlink(path);
  } catch {
    // There is nothing, or it is not the user's.
  }
}

function isDead(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ path });
    socket.once('connect', () => {
      socket.destroy();
      resolve(false);
    });
    socket.once('error', (error) => resolve(systemCode(error) === 'ECONNREFUSED'));
  });
}
