import type { LocalSocket } from '../connection/local-socket.ts';
import type { LocalPortEvent, Traffic } from '../port-event.ts';
import type { PortHost } from '../port-host.ts';
import { createConnectionRoom } from './connection-room.ts';

/**
 * A further refusal is reported only after the number of open connections has fallen to this share: programs
 * retry many times.
 */
const REPORT_AGAIN_SHARE = 1 / 2;

/** Counts the connections of a local port, and refuses those that the process has no room for. */
export interface Admission {
  /** @returns false for a connection that was refused */
  admit(connection: LocalSocket): boolean;
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
  const refuse = (connection: LocalSocket): void => {
    connection.destroy();
    if (reportedAt !== undefined) return;
    reportedAt = open;
    report({ kind: 'refused', open });
  };

  return {
    admit(connection) {
      const hasRoom = room.take();
      if (hasRoom) count(connection);
      else refuse(connection);
      return hasRoom;
    },
  };
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
