import type { LocalSocket } from '../connection/local-socket.ts';
import type { LocalPortEvent, RefusalReason, Traffic } from '../port-event.ts';
import type { PortHost } from '../port-host.ts';
import { createConnectionRoom, type ConnectionRoom } from './connection-room.ts';

/**
 * A further refusal is reported only after the number of open connections has fallen to this share: programs
 * retry many times.
 */
const REPORT_AGAIN_SHARE = 1 / 2;

/**
 * Connections that wait for a session. They are not read, so that each costs a descriptor and some KiB. A session takes
 * seconds to start; programs that try again all the time while there is none could otherwise use all descriptors.
 */
const MAX_WAITING_CONNECTIONS = 1_000;

/** Counts the connections of a local port, and refuses those that the process has no room for. */
export interface Admission {
  /**
   * @param waiting - how many connections wait for a session; by default none does
   * @returns false for a connection that was refused
   */
  admit(connection: LocalSocket, waiting?: number): boolean;
}

/**
 * @param report - takes each change
 */
export function createAdmission(
  { freeDescriptors }: Pick<PortHost, 'freeDescriptors'>,
  report: (event: Extract<LocalPortEvent, { readonly open: number }>) => void,
): Admission {
  const room = createConnectionRoom(freeDescriptors);
  let open = 0;
  /** Open connections when a refusal was reported; undefined when the next refusal must be reported. */
  let reportedAt: number | undefined;

  const count = (connection: LocalSocket): void => {
    const traffic = trafficOf(connection);
    open++;
    report({ kind: 'connected', open, traffic });
    connection.once('close', () => {
      open--;
      if (reportedAt !== undefined && open <= reportedAt * REPORT_AGAIN_SHARE)
        reportedAt = undefined;
      report({ kind: 'disconnected', open, traffic });
    });
  };
  const refuse = (connection: LocalSocket, because: RefusalReason): void => {
    connection.destroy();
    if (reportedAt !== undefined) return;
    reportedAt = open;
    report({ kind: 'refused', open, because });
  };

  return {
    admit(connection, waiting = 0) {
      const refusal = refusalFor(waiting, room);
      if (refusal === undefined) count(connection);
      else refuse(connection, refusal);
      return refusal === undefined;
    },
  };
}

/** @returns why a connection has to be refused; undefined when there is room for it */
function refusalFor(waiting: number, room: ConnectionRoom): RefusalReason | undefined {
  if (waiting >= MAX_WAITING_CONNECTIONS) return 'waiting';
  return room.take() ? undefined : 'files';
}

/** The runtime counts the bytes: this costs nothing for each of them. */
function trafficOf(socket: LocalSocket): Traffic {
  return {
    get sent() {
      return socket.bytesRead;
    },
    get received() {
      return socket.bytesWritten;
    },
  };
}
