import type { ObjectStore } from '../../../aws/object-store.ts';
import { CommandError } from '../../../cli/framework/command-context.ts';
import { s3Failures } from '../../../failures/copies/s3.ts';
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
  /** Reports what is left in the bucket: the copy itself has ended as it has. */
  readonly report: (left: CommandError) => void;
}

/** How long the removal of an object may take, in milliseconds: there may be no network. */
const REMOVE_OBJECT_MS = 20_000;

/**
 * Runs work with the name of a new object. However the work ends, the object is removed afterwards. If it cannot be, this
 * is reported.
 *
 * @throws what the work throws
 */
export async function withObject<T>(
  storage: Storage,
  work: (key: string) => Promise<T>,
): Promise<T> {
  const key = storage.newKey();
  try {
    return await work(key);
  } finally {
    const left = await remove(storage, key);
    if (left !== undefined) storage.report(left);
  }
}

/** @returns undefined when nothing is left */
function remove({ store, clock, title }: Storage, key: string): Promise<CommandError | undefined> {
  const object = title(key);
  const left = (): CommandError => new CommandError(s3Failures['s3-object-left'](object));
  const removed = store
    .remove(key)
    .then(
      ({ isKept }) =>
        isKept ? new CommandError(s3Failures['s3-versions-kept'](object)) : undefined,
      left,
    );
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
