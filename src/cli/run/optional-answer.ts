import { isAwsError, type AwsErrorReason } from '../../aws/sdk/aws-error.ts';
import { withTimeout } from '../../lib/with-timeout.ts';
import type { CommandContext } from '../framework/command-context.ts';

/** How long a command waits for what it can do without. */
const OPTIONAL_ANSWER_TIMEOUT_MS = 5_000;
/** With these, starting the session would fail as well, and take as long. */
const UNREACHABLE: ReadonlySet<AwsErrorReason> = new Set(['network', 'tls', 'credentials-timeout']);

/**
 * Waits for an answer of AWS that a command can do without: callers that may not ask, or get no answer
 * soon, go on.
 *
 * @param fallback - what holds when there is no answer, for a reason or in time
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
