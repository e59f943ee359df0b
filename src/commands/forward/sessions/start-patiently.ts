import { isAwsError } from '../../../aws/sdk/aws-error.ts';
import type { Clock } from '../../../lib/clock.ts';
import { createBackOff } from '../../../session/connection/back-off.ts';

/** How often a session is started that AWS has throttled, the first time included: for about a minute. */
const MAX_STARTS = 6;
/** Between two of them. The AWS SDK has already tried again within a second. */
const FIRST_PAUSE_MS = 1_000;
const MAX_PAUSE_MS = 30_000;

/** What starting works with. */
export interface Patience {
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Resolves when nothing is wanted any more. */
  readonly interrupted: Promise<unknown>;
}

/**
 * Starts a session. When AWS has received too many requests, tries again with growing pauses.
 *
 * @returns undefined when it was interrupted in a pause
 * @throws what the last start threw
 */
export async function startPatiently<Result>(
  start: () => Promise<Result>,
  { clock, random, interrupted }: Patience,
): Promise<Result | undefined> {
  const backOff = createBackOff(FIRST_PAUSE_MS, MAX_PAUSE_MS, random);
  for (let starts = 1; ; starts++) {
    try {
      return await start();
    } catch (error) {
      const isThrottled = isAwsError(error) && error.reason === 'throttled';
      if (!isThrottled || starts === MAX_STARTS) throw error;
    }
    if ((await pause(clock, backOff.next(), interrupted)) === 'interrupted') return undefined;
  }
}

function pause(
  clock: Clock,
  milliseconds: number,
  interrupted: Promise<unknown>,
): Promise<'passed' | 'interrupted'> {
  return new Promise((resolve) => {
    const timer = clock.after(milliseconds, () => resolve('passed'));
    void interrupted.then(() => {
      timer.cancel();
      resolve('interrupted');
    });
  });
}
