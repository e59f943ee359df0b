import { isAwsError } from '../../aws/sdk/aws-error.ts';
import { isSessionError } from '../../lib/errors/session-error.ts';
import type { SessionFailure } from '../../session/ending.ts';
import { isCommandError } from '../framework/command-context.ts';
import type { FailureReason } from '../run/json-failures.ts';

/**
 * The failure that prevented a tunnel, or ended it.
 *
 * @throws the error itself if it is another one
 */
export function tunnelFailureOf(
  error: unknown,
): SessionFailure & { readonly reason: FailureReason } {
  if (isAwsError(error) || isCommandError(error) || isSessionError(error)) {
    const { reason, code, problem, remedy } = error;
    return { reason, code, problem, remedy };
  }
  throw error;
}
