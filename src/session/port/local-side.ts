import type { Socket } from 'node:net';
import type { SessionLink } from '../session-type.ts';
import { openListener, type Listener } from './listener.ts';
import type { Traffic } from './port-event.ts';
import type { PortHost } from './port-host.ts';
import type { LocalEndpoint } from './properties.ts';
import { exposedWarning, openedText } from './texts.ts';

/** What the local side of a session reports. */
export interface LocalSideEvents {
  /** Local programs can connect. */
  up(): void;
  connection(connection: Socket): void;
}

/**
 * Opens the session's listener and tells the user where it is, or ends the session with the reason
 * why there is none.
 *
 * @param pauseOnConnect - connections are handed out unread
 */
export function openLocalSide(
  local: LocalEndpoint,
  link: SessionLink,
  host: PortHost,
  pauseOnConnect: boolean,
  events: LocalSideEvents,
): Listener {
  let open = 0;

  const count = (socket: Socket): void => {
    const traffic = trafficOf(socket);
    host.onEvent?.({ kind: 'connected', open: ++open, traffic });
    socket.once('close', () => host.onEvent?.({ kind: 'disconnected', open: --open, traffic }));
  };

  return openListener(local, host, pauseOnConnect, {
    listening(on) {
      const warning = exposedWarning(on);
      if (warning !== undefined) link.warn(warning);
      link.print(openedText(on, link.sessionId));
      host.onEvent?.({ kind: 'listening', on });
      events.up();
    },
    failed: (reason) => link.end({ kind: 'cannot-start', reason }),
    connection(connection) {
      count(connection);
      events.connection(connection);
    },
  });
}

/** The runtime counts anyway: a byte costs nothing here. */
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
