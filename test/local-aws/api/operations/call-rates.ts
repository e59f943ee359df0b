import type { ApiFailure } from '../answers/refused-request.ts';

/** How many calls a second the service answers, by operation; it throttles the others. */
export type CallRates = Readonly<Record<string, number>>;

const SECOND_MS = 1000;
/** How the service throttles (botocore, `data/_retry.json`: `throttling_exception`). */
const THROTTLED: ApiFailure = {
  status: 400,
  type: 'ThrottlingException',
  message: 'Rate exceeded',
};

/**
 * Throttles by a bucket for each operation, which holds the calls of one second.
 *
 * @param now - milliseconds of a monotonic clock
 * @returns the failure of a call; undefined for one that is answered
 */
export function createCallRates(
  rates: CallRates,
  now: () => number,
): (operation: string) => ApiFailure | undefined {
  const buckets = new Map<string, { calls: number; filledAt: number }>();
  return (operation) => {
    const rate = rates[operation];
    if (rate === undefined) return undefined;
    const time = now();
    const bucket = buckets.get(operation) ?? { calls: rate, filledAt: time };
    buckets.set(operation, bucket);
    bucket.calls = Math.min(rate, bucket.calls + ((time - bucket.filledAt) * rate) / SECOND_MS);
    bucket.filledAt = time;
    if (bucket.calls < 1) return THROTTLED;
    bucket.calls--;
    return undefined;
  };
}
