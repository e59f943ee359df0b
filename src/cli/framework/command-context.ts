import type { Failure } from '../../lib/errors/failure.ts';
import { familyOf, ProgramError } from '../../lib/errors/program-error.ts';
import type { Readable, Writable } from 'node:stream';
import type { Aws, SessionRequest } from '../../aws/aws.ts';
import type { AwsOptions } from '../../aws/aws-options.ts';
import type { AwsError } from '../../aws/sdk/aws-error.ts';
import type { RunAws } from '../../aws/session-aws.ts';
import type { SharedConfig } from '../../aws/shared-config.ts';
import type { Clock } from '../../lib/clock.ts';
import type { LogLevel } from '../../logging/level.ts';
import type { Logger } from '../../logging/logger.ts';
import type { CursorLine } from '../../terminal/cursor-line.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import type { BuildFacts } from '../about/build-facts.ts';
import type { Connections } from '../connections/connection.ts';
import type { CommandSignals } from '../process/signals/command-signals.ts';
import type { FatalErrors } from '../process/fatal-errors.ts';
import type { StatusLine } from '../progress/status-line.ts';
import type { Waits } from '../progress/waits.ts';
import type { NameInText } from '../output/named-texts.ts';
import type { SessionGuard } from '../run/session-guard.ts';
import type { AccessOptions } from './access-options.ts';
import type { ReadyOptions } from './ready-options.ts';

/** The options that every command takes. An option that is not set is an empty text. */
export interface CommonOptions {
  readonly profile: string;
  readonly region: string;
  readonly endpointUrl: string;
  /** No messages but failures. */
  readonly quiet: boolean;
  /** Results, where a command has any, and failures for programs. */
  readonly json: boolean;
  /** The lowest level of log entries for stderr; undefined when only `seelog.xml` counts. */
  readonly logLevel: LogLevel | undefined;
  /** False with `--no-color`, with NO_COLOR set in the environment, and where TERM is `dumb`. */
  readonly color: boolean;
  /** False with `--no-login`: an expired sign-in is reported, and none is offered. */
  readonly login: boolean;
  /** Undefined when the command does not wait for its target. */
  readonly ready: ReadyOptions | undefined;
  /** Undefined when sessions are started with the credentials of the user. */
  readonly access?: AccessOptions | undefined;
}

/** The user's terminal, as far as a command has one. */
export interface CommandTerminal {
  /** stdin of the process. Reading this property opens it, which changes it for programs that share it. */
  readonly input: Readable;
  /** Whether stdin is a terminal. */
  readonly stdin: boolean;
  /** Whether stdout is a terminal. */
  readonly stdout: boolean;
  /** Whether stderr is a terminal. */
  readonly stderr: boolean;
  /** Width of the terminal that stdout is; undefined when it is none. */
  readonly columns: number | undefined;
  /** The line of the cursor: output of the remote side may end within a line. */
  readonly line: CursorLine;
  /** The size of the terminal that stderr is, and its changes. */
  readonly window: Pick<Terminal, 'size' | 'onResize'>;
  /** Whether the program receives the keys of the terminal: it was not started with `&`. */
  inForeground(): Promise<boolean>;
  /** Whether keys such as Ctrl-C send signals to the program, and to those that it runs. */
  sendsSignals(): Promise<boolean>;
  /** Stops the program, as Ctrl-Z does. Returns when it is continued, or cannot be stopped. */
  suspend(): void;
}

/** A part of a text, in a color where stdout shows colors. */
export type TextPart =
  string | { readonly color: 'green' | 'yellow' | 'red'; readonly text: string };

/** A text with its line breaks, or its parts in order. */
export type PrintedText = string | readonly TextPart[];

/** Where a command writes. */
export interface CommandOutput {
  readonly stdout: Writable;
  readonly stderr: Writable;
  /** Takes messages and the log: stderr, or the stream that `divertMessages` has set. */
  readonly messages: Writable;
  /** Sets the stream for messages and the log; undefined for stderr. */
  divertMessages(to: Writable | undefined): void;
  /**
   * Writes a result to stdout. Foreign parts of it cannot control a terminal.
   *
   * @returns resolves when the system has it, or its reader has closed the pipe
   */
  print(text: PrintedText): Promise<void>;
  /** Writes a sentence or some lines for the user to stderr, with a line break after them; not with `--quiet`. */
  notify(text: string): void;
  /** A line on stderr, where that is a terminal, that every other text replaces. */
  readonly status: StatusLine;
  /**
   * Writes a failure to stderr: a sentence, or with `--json` a line of JSON.
   *
   * @param nameInText - names in the sentence what it is about, such as a port
   */
  reportError(error: unknown, nameInText?: NameInText): void;
}

/** AWS, as the common options name it. Each part is made once, when it is first asked for. */
export interface CommandAws {
  /**
   * The shared AWS files, read for the profile that applies.
   *
   * @throws CommandError when one of them cannot be parsed
   */
  readonly sharedConfig: () => Promise<SharedConfig>;
  /**
   * The region that applies, in the order of the AWS CLI: `--region`, AWS_REGION, AWS_DEFAULT_REGION,
   * `region` of the profile.
   *
   * @throws CommandError when there is none, or no profile of the name given
   */
  region(): Promise<string>;
  /**
   * What calls to AWS are made with: profile, region, endpoint, network.
   *
   * @throws CommandError as `region()`
   */
  options(): Promise<AwsOptions>;
  /**
   * Systems Manager. Loads the AWS SDK.
   *
   * @throws CommandError as `region()`
   */
  calls(): Promise<Aws>;
  /**
   * Gets just-in-time access for a session, if the command is to have it.
   *
   * @throws AwsError when it is not granted
   */
  prepareAccess(request: SessionRequest): Promise<void>;
  /**
   * Offers just-in-time access for a session that the user may not start. Later sessions have it, too.
   *
   * @throws AwsError, if the user does not get it: the given one, or one that also shows how to request it
   */
  offerAccess(request: SessionRequest, error: AwsError): Promise<void>;
  /** The id of the access request that sessions are started with; undefined when they need none. */
  accessId(): Promise<string | undefined>;
  /** AWS in a region, even if no region or profile is found otherwise. */
  inRegion(region: string): Promise<RunAws>;
}

/** Randomness of a command. */
export interface CommandRandom {
  /** Uniform in [0, 1). */
  readonly uniform: () => number;
  /** Fills a buffer with cryptographically strong random bytes. */
  readonly fill: (buffer: Buffer) => void;
}

/** What selects an account and a region. What is not set is an empty text. */
export type Account = Pick<CommonOptions, 'profile' | 'region'>;

/** What the sessions of a command share. */
export interface CommandSessions {
  readonly signals: CommandSignals;
  readonly fatalErrors: FatalErrors;
  /** Sessions that `CommandAws.calls` has started: those that have not begun end with the command. */
  readonly guard: SessionGuard;
}

/**
 * What a command of the program works with. It is made before the command line is parsed: `options`,
 * `logger`, `aws` and `output.notify` depend on options, and are usable from the action of the command on.
 */
export interface CommandContext {
  /** Four dotted numbers. */
  readonly version: string;
  /** What the build has recorded about this program; undefined when there is no record. */
  buildFacts(): BuildFacts | undefined;
  /** argv without program names. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  readonly clock: Clock;
  readonly random: CommandRandom;
  readonly options: CommonOptions;
  readonly logger: Logger;
  /** Aborted when a signal or a fatal error ends the command: a prompt then restores the terminal at once. */
  readonly interrupted: AbortSignal;
  readonly output: CommandOutput;
  readonly terminal: CommandTerminal;
  readonly aws: CommandAws;
  /** Targets that the user has named in files. */
  readonly connections: Connections;
  /**
   * Selects the account and region of a target, before anything is asked of AWS. What the command line names has
   * precedence: `options` then has both.
   *
   * @returns false when another target has selected others, or AWS was asked in others
   */
  useAccount(account: Account): boolean;
  /**
   * Until when a target may become ready, in monotonic milliseconds: this time begins with the first call.
   *
   * @returns undefined when the command does not wait for its target
   */
  readyUntil(): number | undefined;
  /** A session has started: from now on nothing is waited for, as if the time had ended. */
  endReadyWait(): void;
  /** What the command waits for: on stderr after a second. */
  readonly waits: Waits;
  readonly sessions: CommandSessions;
  /** Sets the exit status that the program ends with after the action; it is 0 without a call. */
  exitWith(status: number): void;
}

/**
 * A command cannot do its work. The message is a sentence for the user that names the input and what to do.
 * It is shown on stderr, and the exit status is 255, as with ssh.
 */
export class CommandError extends ProgramError<'input'> {
  override readonly name = 'CommandError';

  constructor(failure: Failure<'input'>) {
    super('command', failure);
  }
}

/** Whether an error is a {@link CommandError}. */
export function isCommandError(thrown: unknown): thrown is CommandError {
  return familyOf(thrown) === 'command';
}
