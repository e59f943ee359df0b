import type { SessionError } from '../../../lib/errors/session-error.ts';
import { reportedBytes } from './reported-number.ts';
import type { TemporaryObject } from './stored-object.ts';

/** Requests in a row that fail, and get no further, before the copy fails. */
export const MAX_FAILED_REQUESTS = 3;

/**
 * Makes the target send something to an object. A request that fails is made again.
 *
 * @param send - makes one request, and returns its result or its failure
 * @throws the failure of the last request
 */
export async function sendToObject<T>(send: () => Promise<T | SessionError>): Promise<T> {
  for (let failed = 1; ; failed++) {
    const result = await send();
    if (!(result instanceof Error)) return result;
    if (failed === MAX_FAILED_REQUESTS) throw result;
  }
}

/** How a request for an object has ended. */
export interface FetchEnd {
  readonly isDone: boolean;
  /** @throws the failure of the request, or of one whose answer was too short or too long */
  readonly fail: () => never;
}

/** How the target reads an object. */
export interface ObjectFetch {
  /** Bytes of the object. */
  readonly bytes: number;
  /**
   * Makes one request for what is missing there.
   *
   * @param url - a secret
   * @param onResult - takes each result as it comes
   */
  readonly request: (
    url: string,
    onResult: (name: string, value: string) => void,
  ) => Promise<FetchEnd>;
  /** @param bytes - there so far */
  readonly progress: (bytes: number) => void;
}

/** Makes the target read an object; after a failure, from where that was. */
export async function fetchFromObject(
  object: Pick<TemporaryObject, 'urlToRead'>,
  { bytes, request, progress }: ObjectFetch,
): Promise<void> {
  let size = 0;
  for (let failed = 0; ;) {
    const before = size;
    const { isDone, fail } = await request(await object.urlToRead(), (name, value) => {
      if (name !== 'size') return;
      size = reportedBytes(value) ?? size;
      progress(Math.min(size, bytes));
    });
    if (isDone && size === bytes) return;
    failed = size > before ? 0 : failed + 1;
    if (failed >= MAX_FAILED_REQUESTS || size > bytes) fail();
  }
}
