import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../logging/logger.ts';
import type { OutgoingMessage } from './outgoing-message.ts';
import type { Gathering } from './receiving/frame-gathering.ts';

/** What a channel works with. */
export interface ChannelOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Fills a buffer with cryptographically strong random bytes. */
  readonly fillRandom: (buffer: Buffer) => void;
  /** Stream messages each second; 0 means no limit. */
  readonly messagesPerSecond: number;
  /** Delivers the next payload in order; false when no consumer is ready: then the peer repeats it. */
  readonly deliver: (payloadType: number, payload: Buffer) => boolean;
  /** Returns the next message to send, or undefined when none waits. */
  readonly next: () => OutgoingMessage | undefined;
  /** The service has ended the session. */
  readonly closedByService: (output: string) => void;
  /** The service reports that the agent is connected, possibly more than once. */
  readonly agentConnected: () => void;
  /**
   * The agent is connected to the service (a message of it has arrived, or the service reports it), or not. Called for
   * each such message.
   */
  readonly agentPresence?: (isConnected: boolean) => void;
  /**
   * A message was resent 3000 times on the attached socket without an answer: the agent has ended or
   * the socket is dead. Called repeatedly until the socket is detached or the channel closed.
   */
  readonly onUnacknowledged: () => void;
  /** By default frames of bulk data are gathered. */
  readonly gathering?: Gathering | undefined;
}
