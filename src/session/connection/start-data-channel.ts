import type { Channel } from '../../channel/channel.ts';
import { encodeOpenDataChannel } from '../../protocol/open-data-channel.ts';
import type { Socket } from '../../socket/socket.ts';
import type { SessionFailure } from '../ending.ts';
import type { ConnectionHost } from './connection-options.ts';
import { watchLiveness, type Liveness } from './liveness.ts';

/** Why a socket could not be opened. */
export interface OpenProblem {
  readonly failure: SessionFailure;
  /** Another attempt cannot help. */
  readonly isFinal: boolean;
}

/** A socket in use. */
export interface OpenConnection {
  readonly socket: Socket;
  readonly liveness: Liveness;
  /** Monotonic milliseconds of its opening. */
  readonly since: number;
}

/** What starting the data channel on a socket needs. */
export interface DataChannelOptions {
  readonly host: Pick<ConnectionHost, 'clock' | 'newUuid'>;
  readonly channel: Pick<Channel, 'receiving' | 'acknowledgementTimeout'>;
  readonly pingIntervalMs: number;
  readonly identity: {
    readonly tokenValue: string;
    readonly clientId: string;
    readonly clientVersion: string;
  };
  /** The gateway has answered a ping on this socket or one before. */
  readonly answersPings: () => boolean;
  readonly isReconnected: () => boolean;
  /** The socket is dead though neither side closed it. Called at most once. */
  readonly lost: (reason: string) => void;
}

/** Sends the first frame of a socket, which names the session, and watches the socket from then on. */
export function startDataChannel(socket: Socket, options: DataChannelOptions): OpenConnection {
  const { host, channel, identity } = options;
  socket.sendText(encodeOpenDataChannel({ requestId: host.newUuid(), ...identity }));
  const liveness = watchLiveness({
    clock: host.clock,
    intervalMs: options.pingIntervalMs,
    ping: () => socket.ping(),
    isReading: () => channel.receiving,
    answersPings: options.answersPings,
    // Until the session is reconnected, an answer of any kind is due.
    answerTimeout: () =>
      channel.acknowledgementTimeout ?? (options.isReconnected() ? undefined : 0),
    lost: options.lost,
  });
  return { socket, liveness, since: host.clock.monotonic() };
}
