import { CommanderError } from 'commander';
import { isAwsError } from '../../aws/sdk/aws-error.ts';
import { errorText } from '../../lib/errors/error-text.ts';
import { isOutputError } from '../../lib/errors/output-error.ts';
import { programFailure, type FailureReason } from '../run/json-failures.ts';
import { isCommandError } from './command-context.ts';

/** Exit status of ssh for failures that are not the remote command's (ssh(1), "EXIT STATUS"). */
export const EXIT_OWN_FAILURE = 255;

/** Prefix of commander's messages about a command line. */
const USAGE_LABEL = /^error: /;

/** The text of a failure on stderr: a sentence for people, or a line of JSON. */
export function failureText(error: unknown, asJson: boolean): string {
  const message = errorText(error);
  return error instanceof CommanderError
    ? programFailure('usage', message.replace(USAGE_LABEL, ''), asJson)
    : programFailure(reasonOf(error), message, asJson);
}

function reasonOf(error: unknown): FailureReason {
  if (isCommandError(error)) return 'input';
  if (isOutputError(error)) return 'output';
  return isAwsError(error) ? error.reason : 'internal';
}
