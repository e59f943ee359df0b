import type { AwsErrorReason } from '../../aws/sdk/aws-error.ts';
import { LOG_AND_REPORT, programFailures } from '../../failures/program.ts';
import { errorText } from '../../lib/errors/error-text.ts';
import { messageOf, type Failure } from '../../lib/errors/failure.ts';
import { printableJson } from '../../lib/printable.ts';
import type { SessionFailure } from '../../session/ending.ts';

/** What kind of failure it is, for programs. */
export type FailureReason =
  | AwsErrorReason
  /** The command line cannot be read. */
  | 'usage'
  /** The command line, the environment or the configuration cannot be used. */
  | 'input'
  /** A result or a message could not be written. */
  | 'output'
  /** The session did not start, or could not continue. */
  | 'session'
  /** A fatal error of the program. */
  | 'internal';

/** Whether a command line requests JSON, even one that cannot be parsed. */
export function asksForJson(args: readonly string[]): boolean {
  const end = args.indexOf('--');
  return (end === -1 ? args : args.slice(0, end)).includes('--json');
}

/** A failure as programs and people read it. */
export interface ReportedFailure {
  readonly reason: FailureReason;
  /** A row of `docs/errors.md`. */
  readonly code: string;
  readonly message: string;
}

/** A failure as one line of JSON, its line break included. */
export function jsonFailure({ reason, code, message }: ReportedFailure): string {
  return `${printableJson({ error: { reason, code, message } })}\n`;
}

/** A failure of a session as one line of JSON. */
export function jsonSessionFailure(failure: SessionFailure): string {
  return jsonFailure({ reason: 'session', code: failure.code, message: messageOf(failure) });
}

/** A failure of the program for stderr: a sentence for people, or a line of JSON. */
export function programFailure(failure: ReportedFailure, asJson: boolean): string {
  return asJson ? jsonFailure(failure) : `session-manager-plugin: ${failure.message}\n`;
}

/** A file of the program that is not there, as `require` reports it (`build/bundle/bundle.ts`). */
const MISSING_FILE = /^Cannot find module '\.\/([\w-]+\.cjs)'/;

/**
 * A fatal error as a failure of the program. Only the first line of a message of the runtime is for users.
 *
 * @param failed - what has failed with it
 */
export function internalFailure(
  error: unknown,
  failed: keyof typeof LOG_AND_REPORT,
): Failure<'internal'> {
  const text = errorText(error);
  const missing = MISSING_FILE.exec(text)?.[1];
  if (missing !== undefined) return programFailures['file-missing'](missing);
  return programFailures.internal(text.split('\n', 1).join(''), LOG_AND_REPORT[failed]);
}
