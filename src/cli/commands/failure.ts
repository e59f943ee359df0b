import { CommanderError } from 'commander';
import { isAwsError } from '../../aws/aws-error.ts';
import { errorText } from '../../error-text.ts';
import { programFailure, type FailureReason } from '../json-failures.ts';
import { CommandError } from './command-context.ts';

/** In front of what commander says of a command line. */
const USAGE_LABEL = /^error: /;

/** Whether a command line asks for JSON, also one that cannot be read. */
export function asksForJson(args: readonly string[]): boolean {
  const end = args.indexOf('--');
  return (end === -1 ? args : args.slice(0, end)).includes('--json');
}

/** What is said on stderr of a failure: a sentence for people, or a line of JSON. */
export function failureText(error: unknown, asJson: boolean): string {
  const message = errorText(error);
  return error instanceof CommanderError
    ? programFailure('usage', message.replace(USAGE_LABEL, ''), asJson)
    : programFailure(reasonOf(error), message, asJson);
}

function reasonOf(error: unknown): FailureReason {
  if (error instanceof CommandError) return 'input';
  return isAwsError(error) ? error.reason : 'internal';
}
