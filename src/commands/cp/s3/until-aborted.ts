import { asError } from '../../../lib/errors/as-error.ts';

/**
 * Waits for work that a signal does not end, such as a read of a silent pipe.
 *
 * @throws the reason of the signal when it is aborted first: what the work does then is ignored
 */
export function untilAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(asError(signal.reason));
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    void work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
