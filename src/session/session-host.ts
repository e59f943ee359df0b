import type { Gathering } from '../channel/receiving/frame-gathering.ts';
import type { SessionFailure } from './ending.ts';
import type { ConnectionHost, ConnectionSettings } from './connection/connection-options.ts';
import type { PortHost } from './port/port-host.ts';
import type { Presentation } from './presentation.ts';
import type { AgentLimit } from './handshake/agent-wait.ts';
import type { RequestedKind } from './handshake/requested-kind.ts';
import type { SessionSignal } from './session-type.ts';
import type { ShellHost } from './shell/shell-session.ts';

/** A session as StartSession answered it. */
export interface SessionDescriptor {
  readonly sessionId: string;
  readonly streamUrl: string;
  readonly tokenValue: string;
  /** The document of the StartSession request; empty for a shell, or when it is not known. */
  readonly documentName: string;
}

/** What the user may set about a session. */
export interface SessionSettings extends ConnectionSettings {
  /** Stream messages each second; 0 means no limit. */
  readonly messagesPerSecond: number;
}

/** One session, and how to run it. */
export interface SessionOptions {
  readonly session: SessionDescriptor;
  readonly settings: SessionSettings;
  /** Four dotted numbers; agents gate features on it. */
  readonly clientVersion: string;
  /** An agent that offers another kind is refused. */
  readonly requested: RequestedKind;
  /** Why this caller cannot have encryption, a sentence; undefined when it can. */
  readonly encryptionRefusal: SessionFailure | undefined;
  /** How long the agent may take to answer before the session begins; by default any time. */
  readonly agentLimit?: AgentLimit | undefined;
  /** How long an agent may be away from a running session; undefined for no limit. */
  readonly agentAbsenceLimit?: AgentLimit | undefined;
  /** By default frames of bulk data are gathered. */
  readonly gathering?: Gathering | undefined;
}

/** Everything impure a session works with. */
export interface SessionHost extends ShellHost, PortHost, ConnectionHost {
  readonly presentation: Presentation;
  /** Fills a buffer with cryptographically strong random bytes. */
  readonly fillRandom: (buffer: Buffer) => void;
  /** Calls back on each signal and on the caller's exit, until the returned function is called. */
  readonly onSignal: (handler: (signal: SessionSignal) => void) => () => void;
  /** Reports that the agent is waited for, until the returned function is called. */
  readonly reportAgentWait: () => () => void;
  /**
   * The connection to the service was opened or lost.
   *
   * @param openSince - monotonic milliseconds; undefined while there is none
   */
  readonly connectionChanged: (openSince: number | undefined) => void;
  /** The session ends: the caller stops showing what the start waits for. */
  readonly stopWaiting: () => void;
  /** Whether SIGHUP ends the session. One of ssh (`stdio`) ends on it in any case. */
  readonly hangUpEnds: boolean;
  /**
   * Calls back on a fatal error of the program, until the returned function is called. The program
   * exits, with a status of its own, when what the handler returns has settled.
   */
  readonly onFatalError: (handler: (error: Error) => Promise<unknown>) => () => void;
}
