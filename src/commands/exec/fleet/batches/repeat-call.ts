import { isAwsError, type AwsError } from '../../../../aws/sdk/aws-error.ts';
import type { CommandRandom } from '../../../../cli/framework/command-context.ts';
import type { Clock } from '../../../../lib/clock.ts';

/** The first wait before a call is repeated, in milliseconds; each further one is twice as long. */
const FIRST_WAIT_MS = 1_000;
/** The longest: a command that has ended is noticed half a minute later at most. */
const LONGEST_WAIT_MS = 30_000;
/** For how long a call is repeated, in milliseconds: longer than AWS throttles, shorter than a person waits for nothing. */
const REPEAT_LIMIT_MS = 600_000;

/** What repeating a call needs. */
export interface Repeating {
  readonly clock: Clock;
  readonly random: Pick<CommandRandom, 'uniform'>;
  /** Takes each failure after which the call is repeated. */
  readonly onFailure: (error: AwsError) => void;
}

/**
 * Makes a call again while AWS throttles it, or cannot be reached for the moment. Waits are random parts longer, so that
 * several programs do not call at the same time.
 *
 * @param isRepeatable - whether the call may be made again after this failure
 * @throws AwsError of the last call
 */
export async function repeatCall<T>(
  { clock, random, onFailure }: Repeating,
  call: () => Promise<T>,
  isRepeatable: (error: AwsError) => boolean = ({ isTransient }) => isTransient,
): Promise<T> {
  const since = clock.monotonic();
  for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)) {
    try {
      return await call();
    } catch (error) {
      const isLate = clock.monotonic() - since >= REPEAT_LIMIT_MS;
      if (!isAwsError(error) || !isRepeatable(error) || isLate) throw error;
      onFailure(error);
    }
    await new Promise<void>((resolve) => {
      clock.after(waitMs * (1 + random.uniform() / 2), resolve);
    });
  }
}
