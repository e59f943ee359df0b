import type { ObjectStore } from '../../../aws/object-store.ts';
import { CommandError } from '../../../cli/framework/command-context.ts';
import { s3Failures } from '../../../failures/s3.ts';
import type { Clock } from '../../../lib/clock.ts';
import { withTimeout } from '../../../lib/with-timeout.ts';

/** Where the bytes of copies are on their way. */
export interface Storage {
  readonly store: ObjectStore;
  readonly clock: Clock;
  /** The name of a new object: random, so that no other copy has it. */
  readonly newKey: () => string;
  /** An object as messages name it: `s3://BUCKET/KEY`. */
  readonly title: (key: string) => string;
  /** Reports what is left in the bucket, where another error ends the copy, or none does. */
  readonly report: (left: CommandError) => void;
}

/** How long the removal of an object may take, in milliseconds: there may be no network. */
const REMOVE_OBJECT_MS = 20_000;

/**
 * Runs work with the name of a new object. However the work ends, the object is removed afterwards.
 *
 * @throws what the work throws; else CommandError when the object is still there
 */
export async function withObject<T>(
  storage: Storage,
  work: (key: string) => Promise<T>,
): Promise<T> {
  const key = storage.newKey();
  let result: T;
  try {
    result = await work(key);
  } catch (error) {
    const left = await remove(storage, key);
    if (left !== undefined) storage.report(left.error);
    throw error;
  }
  const left = await remove(storage, key);
  if (left?.isVisible === true) throw left.error;
  if (left !== undefined) storage.report(left.error);
  return result;
}

interface Left {
  readonly error: CommandError;
  /** Whether it is an object, not an old version of one. */
  readonly isVisible: boolean;
}

/** @returns undefined when nothing is left */
function remove({ store, clock, title }: Storage, key: string): Promise<Left | undefined> {
  const object = title(key);
  const left = (): Left => ({
    error: new CommandError(s3Failures['s3-object-left'](object)),
    isVisible: true,
  });
  const removed = store.remove(key).then(({ isKept }) => {
    if (!isKept) return undefined;
    return {
      error: new CommandError(s3Failures['s3-versions-kept'](object)),
      isVisible: false,
    };
  }, left);
  return withTimeout(clock, REMOVE_OBJECT_MS, removed, left);
}

/**
 * Runs work that stores an object in parts. If it fails, the parts are removed.
 *
 * @param work - returns the tags of all parts, in their order
 */
export async function withParts(
  { store }: Storage,
  key: string,
  work: (
    parts: Omit<Awaited<ReturnType<ObjectStore['startParts']>>, 'complete' | 'abort'>,
  ) => Promise<readonly string[]>,
): Promise<void> {
  const upload = await store.startParts(key);
  try {
    await upload.complete(await work(upload));
  } catch (error) {
    // Parts cost as objects do. A lifecycle rule removes those that a lost network leaves.
    await upload.abort().catch(() => undefined);
    throw error;
  }
}
