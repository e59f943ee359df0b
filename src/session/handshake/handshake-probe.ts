import type { Clock, Timer } from '../../lib/clock.ts';
import type { OutgoingMessage } from '../../channel/outgoing-message.ts';

/**
 * The agent sends its handshake request first of all and, until it is acknowledged, again after 200 ms, which
 * it checks every 100 ms (`DefaultTransmissionTimeout` and `ResendSleepInterval` of its
 * `session/config/config.go`). In this time three requests arrive.
 */
export const HANDSHAKE_GRACE_MS = 1_000;

/** Documents whose sessions always have a handshake (docs/design/protocol.md#no-handshake). */
const DOCUMENTS_WITH_HANDSHAKE: ReadonlySet<string> = new Set([
  'AWS-StartNonInteractiveCommand',
  'AWS-StartPortForwardingSession',
  'AWS-StartPortForwardingSessionToRemoteHost',
  'AWS-StartPortForwardingSessionToSocket',
  'AWS-StartSSHSession',
]);

/**
 * Whether a session of this document may begin without a handshake.
 *
 * @param documentName - of the StartSession request; empty for a shell, or when it is not known
 */
export function mayLackHandshake(documentName: string): boolean {
  return !DOCUMENTS_WITH_HANDSHAKE.has(documentName);
}

/** What the probe needs. */
export interface HandshakeProbeOptions {
  readonly clock: Clock;
  /** Nothing has come from the agent, and the session has not ended. */
  readonly isOpening: () => boolean;
  /** Since when there is a connection, in monotonic milliseconds; undefined while there is none. */
  readonly connectedSince: () => number | undefined;
  /** The size of the terminal as it is now. */
  readonly size: () => OutgoingMessage;
  readonly send: (message: OutgoingMessage) => void;
  readonly whenAcknowledged: (callback: () => void) => void;
  /** No handshake comes: the session is a shell, and input may go out in plain text. */
  readonly start: () => void;
}

/** Detects a session without a handshake whose command writes nothing. */
export interface HandshakeProbe {
  /** The service has reported that the agent is connected. */
  agentConnected(): void;
  /** The session has begun, or will not. */
  stop(): void;
}

/**
 * A command such as `read x` writes nothing before it has input. Its session then sends nothing at all,
 * unless it is encrypted. Keys cannot be sent first: before a handshake they would be in plain text, and the
 * agent drops and acknowledges everything but handshake payloads until its handshake is complete or skipped
 * (`processStreamDataMessage` of its `datachannel.go`). Without a handshake it acknowledges nothing until the
 * terminal is up (`InputStreamMessageHandler` of its `shell_unix.go`;
 * docs/design/agent.md#start-of-a-session).
 *
 * So the terminal's size is sent first: it is no secret, is never encrypted, and may be dropped. Once it is
 * acknowledged the agent is reading, and a handshake request that it has is sent again soon. When none has
 * come for a while, a second size, acknowledged on the same connection, shows that the agent was connected
 * the whole time. Its messages arrive in the order in which it sends them, so no handshake follows.
 */
export function createHandshakeProbe(options: HandshakeProbeOptions): HandshakeProbe {
  const { clock, isOpening, connectedSince } = options;
  let attempt = 0;
  let timer: Timer | undefined;

  const ask = (isCurrent: () => boolean, answered: () => void): void => {
    options.send(options.size());
    options.whenAcknowledged(() => {
      if (isCurrent()) answered();
    });
  };
  const begin = (): void => {
    const own = ++attempt;
    timer?.cancel();
    const isCurrent = (): boolean => attempt === own && isOpening();
    ask(isCurrent, () => {
      const since = connectedSince();
      timer = clock.after(HANDSHAKE_GRACE_MS, () => {
        if (!isCurrent()) return;
        ask(isCurrent, () => {
          if (since !== undefined && connectedSince() === since) options.start();
          else begin();
        });
      });
    });
  };

  return {
    agentConnected() {
      if (isOpening()) begin();
    },
    stop() {
      attempt++;
      timer?.cancel();
    },
  };
}
