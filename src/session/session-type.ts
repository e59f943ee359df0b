import type { OutgoingMessage } from '../channel/outgoing-message.ts';
import type { LocalEnd } from './ending.ts';

export { OUTPUT_PAYLOAD_BYTES, type OutgoingMessage } from '../channel/outgoing-message.ts';

/** Why a signal-like event reached the program: a signal from outside, or the exit of its caller. */
export type SessionSignal =
  'SIGINT' | 'SIGQUIT' | 'SIGTSTP' | 'SIGTERM' | 'SIGHUP' | 'SIGUSR1' | 'parent-exited';

/** What a session type may ask of the session it runs in. */
export interface SessionLink {
  readonly sessionId: string;
  /** Four dotted numbers; empty when the session had no handshake. */
  readonly agentVersion: string;
  /**
   * Since when there is a connection, in monotonic milliseconds; undefined while there is none: then
   * nothing arrives from the target.
   */
  readonly connectedSince: number | undefined;
  /** The same, but since when the connection is read, too: see {@link pauseReceiving}. */
  readonly receivingSince: number | undefined;
  /** Sends a message before everything that `next()` has not returned yet. */
  send(message: OutgoingMessage): void;
  /**
   * Reports that `next()` has a message. What the window and the message rate allow is pulled before this
   * call returns, so that a single keystroke is sent at once. If it is called while `receive()` runs,
   * messages are pulled after `receive()` has returned.
   */
  wake(): void;
  /** Calls back once, when everything sent and pulled so far has been acknowledged. */
  whenAcknowledged(callback: () => void): void;
  /**
   * Stops reading from the service until `resumeReceiving()`; what the socket had already read may
   * still arrive and must be taken. Calls do not nest.
   */
  pauseReceiving(): void;
  resumeReceiving(): void;
  /** Prints a text that other programs rely on, to the stream for the session's texts. */
  print(text: string): void;
  /** Prints a notice for the user, to the stream for notices. */
  warn(text: string): void;
  /** Ends the session from this side. Only the first call counts. */
  end(end: LocalEnd): void;
}

/**
 * One kind of session, from the end of the handshake on. Its methods are called synchronously by
 * the channel and must not throw.
 */
export interface SessionType {
  /**
   * `text`: the session's own messages may appear on stdout between the target's bytes. `data`:
   * stdout is the byte stream of the target, and the exit texts go to stderr.
   */
  readonly stdout: 'text' | 'data';
  /** The exit status the remote side reported, if it did. */
  readonly exitStatus: number | undefined;
  /** How the user leaves while there is no connection, for the end of a notice; undefined: by Ctrl-C. */
  readonly leaveHint?: string;
  /** The session begins: called once, before the first `receive()` and `next()`. */
  start(): void;
  /**
   * Takes a payload from the agent (decrypted: Output, StdErr, ExitCode, Error, Flag, or an unknown
   * type). The buffer is the callee's to keep.
   *
   * @returns false when no consumer is ready yet: then the message is neither acknowledged nor
   *   counted, and the agent sends it again
   */
  receive(payloadType: number, payload: Buffer): boolean;
  /**
   * Returns the next message to send, at most `OUTPUT_PAYLOAD_BYTES` of payload, or undefined when nothing
   * waits. Called only when the window and the message rate allow one more, so other data stays with the
   * session type, which stops reading its source (back-pressure).
   */
  next(): OutgoingMessage | undefined;
  /**
   * The connection is back after a notice about its loss: makes the remote side draw again what it shows
   * on the user's terminal.
   */
  repaint?(): void;
  /** The connection to the service is open now, or no longer. */
  connectionChanged?(): void;
  /** A signal arrived, or the caller has exited. */
  signal(signal: SessionSignal): void;
  /**
   * The remote side has ended the session: delivers what was received to stdout or the local
   * connections, and resolves when that is done. Never rejects.
   */
  finish(): Promise<void>;
  /** Releases everything at once: terminal, listeners, connections, timers. Idempotent. */
  close(): void;
}
