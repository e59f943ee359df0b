import type { Logger } from '../logging/logger.ts';
import type { OpenSocket } from '../socket/socket.ts';
import type { MessageRoutes } from './message-routes.ts';
import type { PortHost } from './port/port-host.ts';
import type { RequestedKind } from './requested-kind.ts';
import type { SessionEvent } from './session-event.ts';
import type { SessionService } from './session-service.ts';
import type { SessionSignal } from './session-type.ts';
import type { ShellHost } from './shell/shell-session.ts';

/** One session as StartSession answered it, and how to run it. */
export interface SessionOptions {
  readonly sessionId: string;
  readonly streamUrl: string;
  readonly tokenValue: string;
  /** Four dotted numbers; agents gate features on it. */
  readonly clientVersion: string;
  /** The document of the StartSession request; empty for a shell, or when it is not known. */
  readonly documentName: string;
  /** An agent that offers another kind is refused. */
  readonly requested: RequestedKind;
  /** Stream messages each second; 0 means no limit. */
  readonly messagesPerSecond: number;
  readonly pingIntervalMs: number;
  readonly resumeTimeoutMs: number;
  /** Why this caller cannot have encryption, a sentence; undefined when it can. */
  readonly encryptionRefusal: string | undefined;
  /** The program's exit status when the session does not start or is lost. */
  readonly failureStatus: number;
  /**
   * What to say when the remote side ends without having reported an exit status, which then counts
   * as a failure; undefined when it need not report any.
   */
  readonly withoutExitStatus: ((agentVersion: string) => string) | undefined;
}

/** Everything impure a session works with. */
export interface SessionHost extends ShellHost, PortHost {
  readonly logger: Logger;
  readonly messages: MessageRoutes;
  readonly service: SessionService;
  readonly openSocket: OpenSocket;
  /** Fills a buffer with cryptographically strong random bytes. */
  readonly fillRandom: (buffer: Buffer) => void;
  readonly newUuid: () => string;
  /** Uniform in [0, 1), for jitter. */
  readonly random: () => number;
  /** Calls back on each signal and on the caller's death, until the returned function is called. */
  readonly onSignal: (handler: (signal: SessionSignal) => void) => () => void;
  /** Whether SIGHUP ends the session. One of ssh (`stdio`) ends on it in any case. */
  readonly hangUpEnds: boolean;
  /**
   * Calls back when the program has made a mistake, until the returned function is called. The program
   * leaves, with a status of its own, when what the handler returns has settled.
   */
  readonly onFatalError: (handler: (error: Error) => Promise<unknown>) => () => void;
  /**
   * Is told what happens, and then it is for this listener to say that the session reconnects;
   * undefined when nobody wants to know.
   */
  readonly onEvent?: ((event: SessionEvent) => void) | undefined;
}
