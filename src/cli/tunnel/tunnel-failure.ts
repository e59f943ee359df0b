import { isAwsError } from '../../aws/sdk/aws-error.ts';
import { isSessionError } from '../../lib/errors/session-error.ts';
import type { SessionFailure } from '../../session/ending.ts';
import { isCommandError } from '../framework/command-context.ts';
import type { FailureReason } from '../run/json-failures.ts';

/**
 * Why a tunnel could not be opened, or was lost.
 *
 * @throws what is no failure of a tunnel
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
