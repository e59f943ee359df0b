import type { AwsErrorReason } from '../../aws/sdk/aws-error.ts';
import { printableJson } from '../../lib/printable.ts';

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

/** The program's name before a message, which JSON does not need. */
const PROGRAM_NAME = /^session-manager-plugin: /;

/** Whether a command line requests JSON, even one that cannot be parsed. */
export function asksForJson(args: readonly string[]): boolean {
  const end = args.indexOf('--');
  return (end === -1 ? args : args.slice(0, end)).includes('--json');
}

/**
 * A failure as one line of JSON, its line break included.
 *
 * @param code - a row of `docs/errors.md`
 */
export function failureLine(reason: FailureReason, code: string, message: string): string {
  const error = { reason, code, message: message.trim().replace(PROGRAM_NAME, '') };
  return `${printableJson({ error })}\n`;
}

/** A failure of the program for stderr: a sentence for people, or a line of JSON. */
export function programFailure(
  reason: FailureReason,
  code: string,
  message: string,
  asJson: boolean,
): string {
  const text = reason === 'internal' ? internalErrorText(message) : message;
  if (asJson) return failureLine(reason, code, text);
  const label = reason === 'internal' ? 'internal error: ' : '';
  return `session-manager-plugin: ${label}${text}\n`;
}

/** A file of the program that is not there, as `require` reports it (`build/bundle/bundle.ts`). */
const MISSING_FILE = /^Cannot find module '\.\/([\w-]+\.cjs)'/;

/** One line: the rest of a message of the runtime is not for users. */
function internalErrorText(message: string): string {
  const missing = MISSING_FILE.exec(message)?.[1];
  if (missing !== undefined) return `${missing} is missing. Install the program again.`;
  return message.split('\n', 1).join('');
}

/** A failure of a session as one line of JSON. */
export function sessionFailureLine(code: string, text: string): string {
  return failureLine('session', code, text);
}
