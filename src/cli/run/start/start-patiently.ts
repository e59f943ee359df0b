import { isAwsError } from '../../../aws/sdk/aws-error.ts';
import type { Clock } from '../../../lib/clock.ts';
import { createBackOff } from '../../../session/connection/back-off.ts';
import { pause } from './pause.ts';

/** How often a session is started that AWS has throttled, the first time included: for about a minute. */
export const MAX_STARTS = 6;
/** Between two of them. The AWS SDK has already tried again within a second. */
export const FIRST_PAUSE_MS = 1_000;
export const MAX_PAUSE_MS = 30_000;

/** What starting works with. */
export interface Patience<Interruption> {
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Resolves when nothing is wanted any more. */
  readonly interrupted: Promise<Interruption>;
}

/**
 * Starts a session. An account may start only a few in a second: when AWS has received too many requests, tries again with
 * growing pauses.
 *
 * @returns what the start returned, or in a pause what `interrupted` resolved with
 * @throws what the last start threw
 */
export async function startPatiently<Result, Interruption>(
  start: () => Promise<Result>,
  { clock, random, interrupted }: Patience<Interruption>,
): Promise<Result | Interruption> {
  const backOff = createBackOff(FIRST_PAUSE_MS, MAX_PAUSE_MS, random);
  for (let starts = 1; ; starts++) {
    try {
      return await start();
    } catch (error) {
      const isThrottled = isAwsError(error) && error.reason === 'throttled';
      if (!isThrottled || starts === MAX_STARTS) throw error;
    }
    const paused = await pause(clock, backOff.next(), interrupted);
    if (paused.kind === 'interrupted') return paused.by;
  }
}
