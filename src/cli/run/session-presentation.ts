import type { Writable } from 'node:stream';
import type { CredentialsSource } from '../../aws/credentials/credentials.ts';
import type { LogLevel } from '../../logging/level.ts';
import type { RequestedKind } from '../../session/requested-kind.ts';
import type { SessionEvent } from '../../session/session-event.ts';
import type { OutputFilter } from '../../session/shell/command-without-input.ts';
import type { FatalErrors } from '../process/fatal-errors.ts';
import type { BufferedSignals } from '../process/process-signals.ts';

/** How a session behaves towards whoever asked for it. */
export interface SessionPresentation {
  /** Where its texts go: the start, opened ports, the end. */
  readonly texts: 'stdout' | 'stderr' | 'nowhere';
  /** Where its remarks go, such as that it is reconnecting. */
  readonly notices: 'stderr' | 'nowhere';
  /** Where it says why it did not start or cannot go on; `json`: on stderr, as lines of JSON. */
  readonly failures: 'stdout' | 'stderr' | 'json';
  /** Exit status when it does not start or is lost. */
  readonly failureStatus: number;
  /** Exit status when a session is cut off: by its user with `~.`, or by the remote side with a reason. */
  readonly cutOffStatus: number;
  /**
   * What to say when the remote side ends without having reported an exit status, which then counts
   * as a failure; undefined when it need not report any.
   */
  readonly withoutExitStatus: ((agentVersion: string) => string) | undefined;
  /**
   * For a command that has no input: stdin is not read, the terminal stays as it is, and this takes what
   * the agent has added out of its output. Undefined when input is the session's.
   */
  readonly commandOutput: OutputFilter | undefined;
  /** The kind of session that was asked for; undefined for what the request says. */
  readonly requested: RequestedKind | undefined;
  /** Is told what happens, and says that the session reconnects; undefined for nobody. */
  readonly onEvent: ((event: SessionEvent) => void) | undefined;
  /** stdout, when another part of the program writes to it, too; undefined to open it here. */
  readonly stdout: Writable | undefined;
  /**
   * Takes everything that is for stderr, the log included, in front of what else is shown there;
   * undefined for stderr itself.
   */
  readonly stderr: Writable | undefined;
  /** The log goes to stderr from this level on; undefined when `seelog.xml` says where. */
  readonly logLevel: LogLevel | undefined;
  /** Signals that are listened to already; undefined when the session is to listen itself. */
  readonly signals: BufferedSignals | undefined;
  /**
   * Is called when the session begins: from then on it ends itself on the service, whatever happens.
   * Before, an error is thrown, and the caller has to end it.
   */
  readonly begins: (() => void) | undefined;
  /**
   * The program's mistakes, when somebody watches for them, and says them; undefined when the session
   * is to do that itself.
   */
  readonly fatalErrors: FatalErrors | undefined;
  /** Those of the run that the session is a part of; undefined when the session is all of it. */
  readonly credentials: CredentialsSource | undefined;
}

/** What the AWS CLI and the programs like it rely on (docs/design/protocol.md#texts). */
export const CALLER_PRESENTATION: SessionPresentation = {
  texts: 'stdout',
  notices: 'stderr',
  failures: 'stdout',
  failureStatus: 1,
  cutOffStatus: 0,
  withoutExitStatus: undefined,
  commandOutput: undefined,
  requested: undefined,
  onEvent: undefined,
  stdout: undefined,
  stderr: undefined,
  logLevel: undefined,
  signals: undefined,
  begins: undefined,
  fatalErrors: undefined,
  credentials: undefined,
};
