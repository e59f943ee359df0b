import type { Readable } from 'node:stream';
import type { ObjectStore, PartUpload, RemovedObject } from '../../../aws/object-store.ts';
import { CommandError } from '../../../cli/framework/command-context.ts';
import { s3Failures } from '../../../failures/copies/s3.ts';
import type { Clock } from '../../../lib/clock.ts';
import { withTimeout } from '../../../lib/with-timeout.ts';
import { untilAborted } from './until-aborted.ts';

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

/** An object that exists only while something is copied. Its calls reject with an `AwsError`. */
export interface TemporaryObject {
  /** As {@link ObjectStore.put}. */
  readonly put: (body: Buffer, signal: AbortSignal) => Promise<void>;
  /**
   * Runs work that stores the object in parts. If it fails, the parts are removed. If they cannot be, this is reported.
   *
   * @param signal - ends all requests
   * @param work - returns the tags of all parts, in their order
   */
  readonly inParts: (
    signal: AbortSignal,
    work: (parts: Omit<PartUpload, 'complete' | 'abort'>) => Promise<readonly string[]>,
  ) => Promise<void>;
  /** As {@link ObjectStore.read}. */
  readonly read: (from: number, signal: AbortSignal) => Promise<Readable>;
  /** As {@link ObjectStore.urlToRead}. */
  readonly urlToRead: () => Promise<string>;
  readonly urlToWrite: () => Promise<string>;
}

/** How long a removal may take, in milliseconds: there may be no network. */
const REMOVAL_MS = 20_000;

/**
 * Runs work with a new object. However the work ends, what was stored is removed afterwards. If it cannot be, this is
 * reported.
 *
 * @throws what the work throws
 */
export async function withObject<T>(
  storage: Storage,
  work: (object: TemporaryObject) => Promise<T>,
): Promise<T> {
  const { store } = storage;
  const key = storage.newKey();
  const state: { object: 'none' | 'stored' } = { object: 'none' };
  const writes = <R>(call: () => R): R => {
    state.object = 'stored';
    return call();
  };
  try {
    return await work({
      put: (body, signal) => writes(() => store.put(key, body, signal)),
      inParts: (signal, partWork) => writes(() => storeParts(storage, key, signal, partWork)),
      read: (from, signal) => store.read(key, from, signal),
      urlToRead: () => store.urlToRead(key),
      urlToWrite: () => writes(() => store.urlToWrite(key)),
    });
  } finally {
    if (state.object === 'stored') await remove(storage, key);
  }
}

async function remove(storage: Storage, key: string): Promise<void> {
  const object = storage.title(key);
  const { isKept } = await removal(
    storage,
    () => storage.store.remove(key),
    s3Failures['s3-object-left'](object),
  );
  if (isKept) storage.report(new CommandError(s3Failures['s3-versions-kept'](object)));
}

async function storeParts(
  storage: Storage,
  key: string,
  signal: AbortSignal,
  work: Parameters<TemporaryObject['inParts']>[1],
): Promise<void> {
  const started = storage.store.startParts(key, signal);
  try {
    const upload = await untilAborted(signal, started);
    await upload.complete(await work(upload));
  } catch (error) {
    // Parts cost as objects do.
    const removed = async (): Promise<RemovedObject> => {
      const upload = await started.catch(() => undefined);
      await upload?.abort();
      return NOTHING_KEPT;
    };
    await removal(storage, removed, s3Failures['s3-parts-left'](storage.title(key)));
    throw error;
  }
}

const NOTHING_KEPT: RemovedObject = { isKept: false };

/** Removes something, and reports that it is left if it cannot be removed in time. */
function removal(
  { clock, report }: Storage,
  call: () => Promise<RemovedObject>,
  left: ConstructorParameters<typeof CommandError>[0],
): Promise<RemovedObject> {
  const isLeft = (): RemovedObject => {
    report(new CommandError(left));
    return NOTHING_KEPT;
  };
  let isLate = false;
  const removed = call().catch(() => (isLate ? NOTHING_KEPT : isLeft()));
  return withTimeout(clock, REMOVAL_MS, removed, () => {
    isLate = true;
    return isLeft();
  });
}
