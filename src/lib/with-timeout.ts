import { asError } from './errors/as-error.ts';
import type { Clock } from './clock.ts';

/**
 * Waits for work, up to a time limit. After the limit the work continues, and its result is ignored.
 *
 * @param limitMs - the time limit, in milliseconds
 * @param onTimeout - returns the result when the limit comes first, or throws
 */
export function withTimeout<T>(
  clock: Clock,
  limitMs: number,
  work: Promise<T>,
  onTimeout: () => T,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = clock.after(limitMs, () => {
      try {
        resolve(onTimeout());
      } catch (error) {
        reject(asError(error));
      }
    });
    void work.then(resolve, reject).finally(() => timer.cancel());
  });
}
