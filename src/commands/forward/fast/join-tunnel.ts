import type { Forward } from '../../../cli/ports/parse-forward.ts';
import { carryConnection } from '../../../cli/tunnel/carry-connection.ts';
import type { SharedTunnel } from '../../../cli/tunnel/tunnel-keeper.ts';
import { createDeferred } from '../../../lib/deferred.ts';
import { SessionError } from '../../../lib/errors/session-error.ts';
import type { StreamHandlers, TunnelStream } from '../../../relay/protocol/stream.ts';
import type { AcceptedStream } from '../../../relay/protocol/tunnel-run.ts';
import type { Membership } from '../../../session/port/listen/local-port.ts';
import { MAX_STREAMS } from '../../../relay/protocol/frames.ts';
import type { LocalSocket } from '../../../session/port/connection/local-socket.ts';
import { commandTexts } from '../../../session/texts/command-texts.ts';
import type { PortListener, PortSession } from '../sessions/port-session.ts';
import { destinationOf } from './relay-destination.ts';

/** Of a connection that is closed as soon as it is made. */
const UNHEARD: StreamHandlers = {
  opened: () => undefined,
  data: () => undefined,
  end: () => undefined,
  reset: () => undefined,
  drain: () => undefined,
};

/** What a tunnel serves. */
export interface TunnelPort extends Pick<PortSession, 'localPort' | 'onEvent'> {
  readonly forward: Forward;
  readonly listener: PortListener;
  readonly warn: (text: string) => void;
}

/** A tunnel that takes connections of a port. */
export interface JoinedTunnel {
  /** Resolves when the port is closed, or cannot listen; then with the reason. */
  readonly ended: Promise<Error | undefined>;
  /** Takes no more connections. Idempotent. */
  leave(): void;
}

/** Carries the connections of a local port through a tunnel, beside other sessions of the port. */
export function joinTunnel(
  tunnel: SharedTunnel,
  { forward, localPort, listener, onEvent, warn }: TunnelPort,
): JoinedTunnel {
  const ended = createDeferred<Error | undefined>();
  const destination = destinationOf(forward);
  const isUdp = destination.kind === 'udp';
  const join = (): Membership =>
    localPort.join({
      link: {
        sessionId: '',
        print: () => undefined,
        warn,
        end: (end) => ended.resolve('failure' in end ? new SessionError(end.failure) : undefined),
      },
      host: {
        freeDescriptors: listener.freeDescriptors,
        presentation: { wording: commandTexts('', (text) => text), onEvent },
      },
      openListener: (events) => listener.open(events),
      listening: () => undefined,
      isConnected: () => tunnel.isConnected(),
      load: () => (tunnel.streams() < MAX_STREAMS ? tunnel.load() : undefined),
      take(connection) {
        onEvent({ kind: 'requested', connection });
        connection.once('close', () => joined?.changed());
        const accepted = listener.reverse?.accepted(connection);
        if (accepted !== undefined) {
          carryAccepted(connection, accepted, onEvent);
          return;
        }
        const open = (handlers: StreamHandlers): TunnelStream | undefined =>
          tunnel.open(destination, isUdp ? resumingWhenOpened(handlers, connection) : handlers);
        carryConnection(connection, open, {
          answered: (by) => onEvent({ kind: 'answered', connection, by }),
          reset({ code }, wasOpen) {
            if (!wasOpen && code !== 'lost') onEvent({ kind: 'destination-failed' });
          },
        });
        if (isUdp) connection.pause();
      },
      crowded: () => undefined,
      probe(done) {
        const stream = tunnel.open(destination, {
          ...UNHEARD,
          opened() {
            stream?.reset();
            done('connected');
          },
          reset({ code }) {
            if (code !== 'lost') done('refused');
          },
        });
      },
    });
  let joined: Membership | undefined;
  const unlisten = listener.reverse?.listenThrough(tunnel, {
    opened: () => (joined = join()),
    failed: (failure) => ended.resolve(new SessionError(failure)),
    unreachable: () => onEvent({ kind: 'destination-failed' }),
  });
  if (unlisten === undefined) joined = join();
  const unfollow = tunnel.follow((event) => {
    onEvent(event);
    // Programs that have connected in the meantime wait.
    if (event.kind === 'reconnected') joined?.changed();
  });
  return {
    ended: ended.promise,
    leave() {
      unfollow();
      unlisten?.();
      joined?.leave();
    },
  };
}

/** Carries a connection of the target that was accepted for one here. */
function carryAccepted(
  connection: LocalSocket,
  accepted: AcceptedStream,
  onEvent: PortSession['onEvent'],
): void {
  // The program there may have left while the connection here was made.
  carryConnection(connection, (handlers) => accepted.accept(handlers), {
    answered: (by) => onEvent({ kind: 'answered', connection, by }),
    reset: () => undefined,
  });
}

/** A relay drops datagrams that come while it resolves a name: they wait here. */
function resumingWhenOpened(handlers: StreamHandlers, connection: LocalSocket): StreamHandlers {
  return {
    ...handlers,
    opened(port) {
      handlers.opened(port);
      connection.resume();
    },
  };
}
