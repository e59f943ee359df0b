import { messageOf, type Failure } from '../../lib/errors/failure.ts';
import { failureOf } from '../../lib/errors/program-error.ts';
import { isAwsError } from '../../aws/sdk/aws-error.ts';
import { isOutputError } from '../../lib/errors/output-error.ts';
import { isSessionError } from '../../lib/errors/session-error.ts';
import { internalFailure, programFailure, type FailureReason } from '../run/json-failures.ts';
import type { NameInText } from '../output/named-texts.ts';
import { isCommandError } from './command-context.ts';
import { isUsageError, type UsageError } from './usage/usage-error.ts';

/** Exit status of ssh for failures that are not the remote command's (ssh(1), "EXIT STATUS"). */
export const EXIT_OWN_FAILURE = 255;

/**
 * The text of a failure on stderr: a sentence for people, or a line of JSON.
 *
 * @param nameInText - names in the sentence what it is about
 */
export function reportText(error: unknown, asJson: boolean, nameInText?: NameInText): string {
  if (isUsageError(error)) {
    const { code } = error;
    return programFailure({ reason: 'usage', code, message: usageText(error, asJson) }, asJson);
  }
  const { reason, code, ...sentences } = reportedFailure(error);
  const text = messageOf(sentences);
  const message = asJson || nameInText === undefined ? text : nameInText(text);
  return programFailure({ reason, code, message }, asJson);
}

/** An error as the failure that is reported: one that the program did not expect is a failure of its own. */
export function reportedFailure(error: unknown): Failure<FailureReason> {
  const reason = reasonOf(error);
  const failure = reason === 'internal' ? internalFailure(error, 'command') : failureOf(error);
  return { ...failure, reason };
}

/** What is wrong and what to do; for people also the usage line, and where the help is. */
function usageText({ message, advice }: UsageError, asJson: boolean): string {
  if (asJson) return [message, ...advice.hints].join(' ');
  const lines = [`Usage: ${advice.usage}`, `Help:  ${advice.help}`];
  return [message, ...advice.hints, ...lines].join('\n');
}

function reasonOf(error: unknown): FailureReason {
  if (isCommandError(error)) return 'input';
  if (isOutputError(error)) return 'output';
  if (isSessionError(error)) return 'session';
  return isAwsError(error) ? error.reason : 'internal';
}
