import type { Failure } from '../lib/errors/failure.ts';
import { familyOf, ProgramError } from '../lib/errors/program-error.ts';

/** An open WebSocket to the message gateway. */
export interface Socket {
  /** Sends a binary frame. After the socket is lost it does nothing. */
  send(frame: Buffer): void;
  sendText(text: string): void;
  ping(): void;
  /** Stops reading from the network. Frames that were read already may still be reported. */
  pause(): void;
  resume(): void;
  /** Sends a close frame and closes. No event follows. */
  close(): void;
  /** Destroys the connection at once, if it is dead or wrong. No event follows. */
  destroy(): void;
}

/** Events of an open socket. None of these may throw. */
export interface SocketEvents {
  /** A binary frame arrived. */
  frame(frame: Buffer): void;
  pong(): void;
  /**
   * The socket stops reading by itself, because too much waits to be sent, or reads again. Meanwhile no
   * acknowledgement is received. A socket that accepts no data for long is lost.
   */
  readingChanged(isReading: boolean): void;
  /** The peer or the network has closed the socket. Called at most once. */
  lost(reason: string): void;
}

/** Where and how to connect. */
export interface SocketRequest {
  readonly url: string;
  /** Time limit for opening the socket. */
  readonly timeoutMs: number;
  /** Milliseconds after which an open socket that accepts no data is lost; by default a minute. */
  readonly stallTimeoutMs?: number | undefined;
  /** Stops connecting; the promise is rejected. */
  readonly signal: AbortSignal;
}

/** Opens a socket; rejects with a {@link SocketError}. */
export type OpenSocket<Request extends SocketRequest = SocketRequest> = (
  request: Request,
  events: SocketEvents,
) => Promise<Socket>;

/** Why a socket did not open. */
export type SocketErrorReason =
  'refused' | 'http-status' | 'timeout' | 'aborted' | 'insecure' | 'tls';

/** A socket that did not open. The message is one sentence without URL query, token or headers. */
export class SocketError extends ProgramError<SocketErrorReason> {
  override readonly name = 'SocketError';
  /** The HTTP status of the answer, with the reason `http-status`. */
  readonly status: number | undefined;

  constructor(failure: Failure<SocketErrorReason>, status?: number) {
    super('socket', failure);
    this.status = status;
  }

  /** Whether another attempt cannot help: the certificate or the address is wrong. */
  get isFinal(): boolean {
    return this.reason === 'tls' || this.reason === 'insecure';
  }
}

/** Whether an error is a {@link SocketError}. */
export function isSocketError(thrown: unknown): thrown is SocketError {
  return familyOf(thrown) === 'socket';
}
