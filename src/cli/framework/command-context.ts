import type { Readable, Writable } from 'node:stream';
import type { Aws } from '../../aws/aws.ts';
import type { AwsOptions } from '../../aws/aws-options.ts';
import type { SharedConfig } from '../../aws/shared-config.ts';
import type { Clock } from '../../lib/clock.ts';
import type { LogLevel } from '../../logging/level.ts';
import type { Logger } from '../../logging/logger.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import type { CommandSignals } from '../process/command-signals.ts';
import type { FatalErrors } from '../process/fatal-errors.ts';
import type { SessionGuard } from '../run/session-guard.ts';

/** The options that every command of its own takes. A text that was not given is empty. */
export interface CommonOptions {
  readonly profile: string;
  readonly region: string;
  readonly endpointUrl: string;
  /** No messages but failures. */
  readonly quiet: boolean;
  /** Results, where a command has any, and failures for programs. */
  readonly json: boolean;
  /** From which level on the log is written to stderr; undefined when only `seelog.xml` counts. */
  readonly logLevel: LogLevel | undefined;
  /** False with `--no-color`, and with NO_COLOR set in the environment. */
  readonly color: boolean;
  /** False with `--no-login`: an expired sign-in is reported, and none is offered. */
  readonly login: boolean;
}

/** Which of the process's streams are terminals. */
export interface TerminalFacts {
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
  /** Width of the terminal that stdout is; undefined when it is none. */
  readonly columns: number | undefined;
  /** The size of the terminal that stderr is, and its changes. */
  readonly window: Pick<Terminal, 'size' | 'onResize'>;
  /** Whether the terminal's keys are the program's: it was not started with `&`. */
  inForeground(): Promise<boolean>;
  /** Stops the program, as Ctrl-Z does; it goes on here when it is continued, or cannot be stopped. */
  suspend(): void;
}

/** A part of a text, in a color where stdout shows colors. */
export type TextPart =
  string | { readonly color: 'green' | 'yellow' | 'red'; readonly text: string };

/** A text with its line breaks, or its parts in order. */
export type PrintedText = string | readonly TextPart[];

/**
 * What a command of the program's own works with. It is made before the command line is read: what
 * depends on options (`options`, `logger`, `region()`, `aws()`, `fleet()`, `say()`) may be asked from
 * the command's action on.
 */
export interface CommandContext {
  /** Four dotted numbers. */
  readonly version: string;
  /** What was typed behind the program's name. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  readonly clock: Clock;
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly stderr: Writable;
  /** Takes messages and the log: stderr, or what stands in front of it. */
  readonly messages: Writable;
  /** Puts something in front of stderr, or nothing any more. */
  divertMessages(to: Writable | undefined): void;
  readonly terminal: TerminalFacts;
  readonly signals: CommandSignals;
  readonly fatalErrors: FatalErrors;
  /**
   * Aborted when a signal or a mistake ends the command: who has changed the terminal then gives it
   * back at once.
   */
  readonly interrupted: AbortSignal;
  /** What was started by `fleet()`, to be ended when the command ends before somebody looks after it. */
  readonly sessions: SessionGuard;
  readonly options: CommonOptions;
  readonly logger: Logger;
  /**
   * What the shared AWS files say of the profile that counts, read once.
   *
   * @throws CommandError when one of them cannot be parsed
   */
  readonly sharedConfig: () => Promise<SharedConfig>;
  /**
   * The region that counts, found once, in the order of the AWS CLI: `--region`, AWS_REGION,
   * AWS_DEFAULT_REGION, the profile's.
   *
   * @throws CommandError when there is none, or not the profile that is named
   */
  region(): Promise<string>;
  /**
   * What calls to AWS are made with: profile, region, endpoint, network.
   *
   * @throws CommandError as `region()`
   */
  aws(): Promise<AwsOptions>;
  /**
   * Systems Manager, for the common options. Made once; the AWS SDK is loaded by it.
   *
   * @throws CommandError as `region()`
   */
  fleet(): Promise<Aws>;
  /**
   * Writes a result to stdout. Foreign parts of it cannot control a terminal.
   *
   * @returns resolves when it is with the system, or its reader has gone
   */
  print(text: PrintedText): Promise<void>;
  /** Says a sentence or some lines to the person: on stderr, with a line break behind; not with `--quiet`. */
  say(text: string): void;
  /** Says on stderr why something has failed: a sentence, or with `--json` a line of JSON. */
  reportError(error: unknown): void;
  /** Sets the exit status that the program ends with when the action is done; 0 when never called. */
  exitWith(status: number): void;
}

/**
 * A command cannot do what it was asked to. The message is a sentence for the person, naming the
 * input and what to do; it is shown on stderr, and the exit status is 255, as ssh's.
 */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}
