import type { Agent } from 'node:http';

/** An open WebSocket to the message gateway. */
export interface Socket {
  /** Sends a binary frame. After the socket is lost it does nothing. */
  send(frame: Buffer): void;
  sendText(text: string): void;
  ping(): void;
  /** Stops reading from the network; frames already read may still come. */
  pause(): void;
  resume(): void;
  /** Says goodbye and closes; no event follows. */
  close(): void;
  /** Tears the connection down, for one that is dead or wrong; no event follows. */
  destroy(): void;
}

/** What happens on an open socket. None of these may throw. */
export interface SocketEvents {
  /** A binary frame arrived. */
  frame(frame: Buffer): void;
  pong(): void;
  /**
   * It stops reading by itself, because what it has sent does not leave, or goes on. Until then no
   * acknowledgement comes in. A socket that takes nothing for long is lost.
   */
  readingChanged(isReading: boolean): void;
  /** The socket is gone, by either side or the network. Called at most once. */
  lost(reason: string): void;
}

/** Where and how to connect. */
export interface SocketRequest {
  readonly url: string;
  /** Headers of the upgrade request; they hold signatures and must not be logged. */
  readonly headers: Readonly<Record<string, string>>;
  /** Gives up when the socket is not open by then. */
  readonly timeoutMs: number;
  /** Milliseconds after which an open socket that takes nothing is lost; by default a minute. */
  readonly stallTimeoutMs?: number | undefined;
  /** Carries the connection when a proxy or further trusted roots are configured. */
  readonly agent?: Agent | undefined;
  /** Stops connecting; the promise is rejected. */
  readonly signal: AbortSignal;
}

/** Opens a socket; rejects with a {@link SocketError}. */
export type OpenSocket = (request: SocketRequest, events: SocketEvents) => Promise<Socket>;

/** Why a socket did not open. The message is one sentence without URL query, token or headers. */
export class SocketError extends Error {
  override readonly name = 'SocketError';
  readonly reason: 'refused' | 'http-status' | 'timeout' | 'aborted' | 'insecure' | 'tls';
  /** The HTTP status of the answer, with the reason `http-status`. */
  readonly status: number | undefined;

  constructor(reason: SocketError['reason'], message: string, status?: number) {
    super(message);
    this.reason = reason;
    this.status = status;
  }
}
