import type { Channel } from '../../channel/channel.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Logger } from '../../logging/logger.ts';
import type { OpenSocket } from '../../socket/socket.ts';
import type { End } from '../ending.ts';
import type { SessionDescriptor } from '../session-host.ts';
import type { SessionService } from '../session-service.ts';

/** Why the connection has ended for good. */
export type ConnectionEnd = Extract<End, { readonly kind: 'not-opened' | 'timed-out' | 'lost' }>;

/** What a connection needs of the machine and of AWS. */
export interface ConnectionHost {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly service: SessionService;
  readonly openSocket: OpenSocket;
  readonly newUuid: () => string;
  /** Uniform in [0, 1), for jitter. */
  readonly random: () => number;
}

/** What the user may set about a connection. */
export interface ConnectionSettings {
  readonly pingIntervalMs: number;
  /** How long to keep trying to resume a lost connection. */
  readonly resumeTimeoutMs: number;
}

/** What a connection works with. */
export interface ConnectionOptions {
  readonly session: Pick<SessionDescriptor, 'streamUrl' | 'tokenValue'>;
  readonly settings: ConnectionSettings;
  readonly clientVersion: string;
  readonly channel: Channel;
  readonly host: ConnectionHost;
  /**
   * Reconnecting takes longer than a few seconds; called once for each loss.
   *
   * @param since - when the connection was lost, in monotonic milliseconds
   */
  readonly reconnecting: (reason: string, since: number) => void;
  /** The connection is back after `reconnecting`. */
  readonly reconnected: () => void;
  /** A socket has opened, or was lost. */
  readonly openChanged: () => void;
  readonly ended: (end: ConnectionEnd) => void;
}
