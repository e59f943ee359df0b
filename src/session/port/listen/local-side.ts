import type { Socket } from 'node:net';
import type { SessionLink } from '../../session-type.ts';
import { createConnectionRoom } from './connection-room.ts';
import { openListener, type Listener } from './listener.ts';
import type { Traffic } from '../port-event.ts';
import type { PortHost } from '../port-host.ts';
import type { LocalEndpoint } from '../properties.ts';
import { exposedWarning, refusedWarning } from '../port-texts.ts';

/**
 * A further refusal is reported only after the number of open connections has fallen to this share: programs
 * retry many times.
 */
const REPORT_AGAIN_SHARE = 1 / 2;

/** What the local side of a session reports. */
export interface LocalSideEvents {
  /** Local programs can connect. */
  listening(): void;
  connection(connection: Socket): void;
}

/**
 * Opens the listener of a session and prints its address, or ends the session with the reason why it
 * cannot listen.
 *
 * @param pauseOnConnect - connections are not read before `resume()`
 */
export function openLocalSide(
  local: LocalEndpoint,
  link: SessionLink,
  host: PortHost,
  pauseOnConnect: boolean,
  events: LocalSideEvents,
): Listener {
  const room = createConnectionRoom(host.freeDescriptors);
  let open = 0;
  /** Open connections when a refusal was reported; undefined when the next refusal must be reported. */
  let reportedAt: number | undefined;

  const count = (socket: Socket): void => {
    const traffic = trafficOf(socket);
    open++;
    host.presentation.onEvent?.({ kind: 'connected', open, traffic });
    socket.once('close', () => {
      open--;
      if (reportedAt !== undefined && open <= reportedAt * REPORT_AGAIN_SHARE)
        reportedAt = undefined;
      host.presentation.onEvent?.({ kind: 'disconnected', open, traffic });
    });
  };

  const refuse = (socket: Socket): void => {
    socket.destroy();
    if (reportedAt !== undefined) return;
    reportedAt = open;
    if (host.presentation.onEvent === undefined) link.warn(refusedWarning(open));
    else host.presentation.onEvent({ kind: 'refused', open });
  };

  return openListener(local, host, pauseOnConnect, {
    listening(on) {
      const warning = exposedWarning(on);
      if (warning !== undefined) link.warn(warning);
      link.print(host.presentation.wording.portOpened(on, link.sessionId));
      host.presentation.onEvent?.({ kind: 'listening', on });
      events.listening();
    },
    failed: (failure) => link.end({ kind: 'cannot-start', failure }),
    connection(connection) {
      if (!room.take()) {
        refuse(connection);
        return;
      }
      count(connection);
      events.connection(connection);
    },
  });
}

/** The runtime counts the bytes: this costs nothing for each of them. */
function trafficOf(socket: Socket): Traffic {
  return {
    get sent() {
      return socket.bytesRead;
    },
    get received() {
      return socket.bytesWritten;
    },
  };
}
