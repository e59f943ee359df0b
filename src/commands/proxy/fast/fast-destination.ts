import type { ConnectionEvent } from '../../../cli/remote/remote.ts';
import type { Timer } from '../../../lib/clock.ts';
import { freeDescriptors } from '../../../network/free-descriptors.ts';
import type { SessionFailure } from '../../../session/ending.ts';
import { createAdmission } from '../../../session/port/listen/admission.ts';
import type { LocalSocket } from '../../../session/port/connection/local-socket.ts';
import type { DestinationContext } from '../pool/destination-session.ts';
import { IDLE_FAILED_SESSION_MS } from '../pool/pool.ts';
import type { Destination } from '../rules/destination.ts';

/** A destination of a proxy with a tunnel, as it is shown. */
export interface FastDestination {
  /** @returns whether there is room for the connection, which is reported */
  admit(connection: LocalSocket): boolean;
  /** The target could not connect to it. */
  failed(): void;
  connection(event: ConnectionEvent): void;
  /** One of several tunnels is lost: the connections in the others go on. */
  cut(failure: SessionFailure | undefined): void;
  /** The last tunnel is lost, and its connections with it. */
  lost(failure: SessionFailure | undefined): void;
}

/**
 * A destination that a client has asked for.
 *
 * @param ended - it has had no connection for a while, or no tunnel
 */
export function createFastDestination(
  { clock, on, report }: DestinationContext,
  destination: Destination,
  ended: () => void,
): FastDestination {
  let state: 'used' | 'lost' | 'ended' = 'used';
  let open = 0;
  let idle: Timer | undefined;
  const end = (): void => {
    if (state === 'ended') return;
    state = 'ended';
    idle?.cancel();
    report(destination, { kind: 'ended' });
    ended();
  };
  const admission = createAdmission({ freeDescriptors }, (event) => {
    ({ open } = event);
    report(destination, event);
    idle?.cancel();
    if (open > 0) return;
    if (state === 'lost') end();
    else if (state === 'used') idle = clock.after(IDLE_FAILED_SESSION_MS, end);
  });
  const cut = (failure: SessionFailure | undefined): void => {
    if (failure === undefined) return;
    report(destination, { kind: 'session-ended', failure, reportedStatus: undefined });
  };
  report(destination, { kind: 'starting' });
  report(destination, { kind: 'listening', on });
  return {
    admit: (connection) => admission.admit(connection),
    failed: () => report(destination, { kind: 'destination-failed' }),
    connection: (event) => report(destination, event),
    cut,
    lost(failure) {
      cut(failure);
      state = 'lost';
      if (open === 0) end();
    },
  };
}
