import { isAwsError, type AwsErrorReason } from '../../aws/sdk/aws-error.ts';
import { withTimeout } from '../../lib/with-timeout.ts';
import type { CommandContext } from '../framework/command-context.ts';

/** How long a command waits for an answer that it does not need. */
const OPTIONAL_ANSWER_TIMEOUT_MS = 5_000;
/** With these reasons, starting the session would also fail, and take as long. */
const UNREACHABLE: ReadonlySet<AwsErrorReason> = new Set(['network', 'tls', 'credentials-timeout']);

/**
 * Waits for an answer of AWS that a command does not need: without the permission, or without an answer in
 * time, it continues.
 *
 * @param fallback - returns the value without an answer; the reason is undefined after a timeout
 * @throws AwsError when AWS cannot be reached, so that a session could not be started either
 */
export async function optionalAnswer<T, U>(
  { clock, logger }: Pick<CommandContext, 'clock' | 'logger'>,
  answer: Promise<T>,
  fallback: (reason: AwsErrorReason | undefined) => U,
): Promise<T | U> {
  try {
    return await withTimeout<T | U>(clock, OPTIONAL_ANSWER_TIMEOUT_MS, answer, () =>
      fallback(undefined),
    );
  } catch (error) {
    if (!isAwsError(error) || UNREACHABLE.has(error.reason)) throw error;
    logger.info(`continuing without an answer: ${error.message}`);
    return fallback(error.reason);
  }
}
