import type { Readable, Writable } from 'node:stream';
import type { CredentialsSource } from '../../aws/credentials/credentials.ts';
import { noWaits, type ReportWait } from '../../aws/report-wait.ts';
import type { LogLevel } from '../../logging/level.ts';
import type { Presentation } from '../../session/presentation.ts';
import type { LocalPort } from '../../session/port/listen/local-port.ts';
import { texts } from '../../session/texts/caller-texts.ts';
import type { SessionHost, SessionOptions } from '../../session/session-host.ts';
import type { RequestedKind } from '../../session/handshake/requested-kind.ts';
import type { CursorLine } from '../../terminal/cursor-line.ts';
import type { OutputFilter } from '../../session/shell/output-filter.ts';
import type { InputLead } from '../../session/shell/shell-input.ts';
import type { SessionRecorder } from '../../session/shell/session-recorder.ts';
import type { FatalErrors } from '../process/fatal-errors.ts';
import type { NameInText } from '../output/named-texts.ts';
import type { BufferedSignals } from '../process/signals/process-signals.ts';

/** A presentation that names its streams: they are opened when the session begins. */
export interface PresentationChoice extends Pick<
  Presentation,
  'wording' | 'failureStatus' | 'cutOffStatus' | 'missingExitStatus' | 'onEvent'
> {
  /** Where its texts go: the start, opened ports, the end. */
  readonly texts: 'stdout' | 'stderr' | 'nowhere';
  /** Where its notices go, such as that it is reconnecting. */
  readonly notices: 'stderr' | 'nowhere';
  /**
   * Where it reports why it did not start or cannot continue; `json`: on stderr, as lines of JSON; `nowhere`: the
   * caller learns it by `onEvent`.
   */
  readonly failures: 'stdout' | 'stderr' | 'json' | 'nowhere';
  /** Names the session in notices and failures on stderr; undefined when it is the only one. */
  readonly nameInText: NameInText | undefined;
}

/** What a session reads and writes. */
export type RunStreams =
  | {
      /** The streams of the process, and its terminal. */
      readonly kind: 'process';
      /** Whether stdin is read, and the keys of the terminal: otherwise both stay as they are. */
      readonly input: 'keys' | 'nothing';
      /** Goes before keys; undefined for nothing. */
      readonly lead?: InputLead | undefined;
    }
  | {
      /** Streams of the caller: the process and its terminal have no part in the session. */
      readonly kind: 'own';
      /** Bytes that are sent unchanged, without their end. Undefined for a command without input. */
      readonly input: RunInput | undefined;
      readonly stdout: Writable;
      readonly stderr: Writable;
    };

/** Bytes for the remote side. */
export interface RunInput {
  readonly stream: Readable;
  /** The stream is read once this has resolved. */
  readonly after: Promise<unknown>;
}

/** How to run a session for its caller. */
export interface RunOptions {
  readonly presentation: PresentationChoice;
  readonly streams: RunStreams;
  /** Removes from the output of a command what does not belong to it; undefined for nothing. */
  readonly outputFilter: OutputFilter | undefined;
  /** Records a shell; undefined for nothing. */
  readonly recorder?: SessionRecorder | undefined;
  /** The local end that the session has in common with others; undefined when it is its own. */
  readonly localPort: LocalPort | undefined;
  /** The requested kind of session; undefined to read it from the request. */
  readonly requested: RequestedKind | undefined;
  /** stdout, when another part of the program writes to it, too; undefined to open it here. */
  readonly stdout: Writable | undefined;
  /**
   * Receives everything for stderr, including the log, and writes it above what else is shown there;
   * undefined for stderr itself.
   */
  readonly stderr: Writable | undefined;
  /** The line of the terminal's cursor, when the caller writes there, too; undefined otherwise. */
  readonly line: CursorLine | undefined;
  /** The lowest level of log entries for stderr; undefined when `seelog.xml` decides. */
  readonly logLevel: LogLevel | undefined;
  /** Signals that the caller already listens to; undefined when the session listens itself. */
  readonly signals: BufferedSignals | undefined;
  /**
   * Is called when the session begins: from then on it ends itself on the service, whatever happens.
   * Before, an error is thrown, and the caller has to end it.
   */
  readonly begins: (() => void) | undefined;
  /**
   * Fatal errors of the program, when the caller watches for them and reports them; undefined when the
   * session does that itself.
   */
  readonly fatalErrors: FatalErrors | undefined;
  /** Those of the run; undefined when the run is only this session. */
  readonly credentials: CredentialsSource | undefined;
  /** Receives since when there is a connection: {@link SessionHost.connectionChanged}. Undefined for no listener. */
  readonly onConnection: SessionHost['connectionChanged'] | undefined;
  /** Receives what the start of the session waits for. */
  readonly reportWait: ReportWait;
  /** How long the agent may take to answer before the session begins; by default any time. */
  readonly agentLimit?: SessionOptions['agentLimit'];
  /** How long an agent may be away from a running session. */
  readonly agentAbsenceLimit?: SessionOptions['agentAbsenceLimit'];
  /** How frames of bulk data are processed; only a measurement sets it. */
  readonly gathering?: SessionOptions['gathering'];
}

/** The behaviour that the AWS CLI and similar callers rely on (docs/design/protocol.md#texts). */
export const CALLER_OPTIONS: RunOptions = {
  presentation: {
    wording: texts,
    texts: 'stdout',
    notices: 'stderr',
    failures: 'stdout',
    nameInText: undefined,
    failureStatus: 1,
    cutOffStatus: 0,
    missingExitStatus: undefined,
    onEvent: undefined,
  },
  streams: { kind: 'process', input: 'keys' },
  outputFilter: undefined,
  localPort: undefined,
  requested: undefined,
  stdout: undefined,
  stderr: undefined,
  line: undefined,
  logLevel: undefined,
  signals: undefined,
  begins: undefined,
  fatalErrors: undefined,
  credentials: undefined,
  onConnection: undefined,
  reportWait: noWaits,
};
