import { asError } from './as-error.ts';
import type { Clock } from './clock.ts';

/**
 * Waits for work no longer than a bound. The work itself goes on; what becomes of it then is lost.
 *
 * @param limitMs - the bound, in milliseconds
 * @param late - gives the outcome when the bound comes first, or throws it
 */
export function withTimeout<T>(
  clock: Clock,
  limitMs: number,
  work: Promise<T>,
  late: () => T,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = clock.after(limitMs, () => {
      try {
        resolve(late());
      } catch (error) {
        reject(asError(error));
      }
    });
    void work.then(resolve, reject).finally(() => timer.cancel());
  });
}
