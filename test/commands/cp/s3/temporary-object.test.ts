import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { PassThrough, Readable } from 'node:stream';
import { describe, it, type TestContext } from 'node:test';
import {
  storeContent,
  type StoredContent,
  type StoreProgress,
} from '../../../../src/commands/cp/s3/store-content.ts';
import { withObject, type Storage } from '../../../../src/commands/cp/s3/stored-object.ts';
import { systemClock } from '../../../../src/lib/clock.ts';
import { awsFor } from '../../../aws/test-aws.ts';
import { BUCKET, S3_KEYS, startS3, type S3Store } from '../../../support/s3/s3-store.ts';
import { createVirtualClock } from '../../../support/virtual-clock.ts';

const PART_BYTES = 512 * 1024;
const FORBIDDEN = 403;
const NO_CONTENT = 204;
/** More than a removal may take. */
const LONG_MS = 60_000;

interface Stores {
  readonly s3: S3Store;
  readonly storage: Storage;
  /** What was reported as left in the bucket. */
  readonly left: readonly string[];
  /** Stores a stream as an object, which is then removed. */
  readonly store: (
    stream: Readable,
    own?: Partial<Storage & Pick<StoreProgress, 'progress'>>,
  ) => Promise<StoredContent>;
  /** Ends it. */
  readonly abort: () => void;
}

async function setUp(t: TestContext): Promise<Stores> {
  const s3 = await startS3(t);
  const aws = awsFor(t, { ...S3_KEYS, AWS_ENDPOINT_URL_S3: s3.endpoint });
  const left: string[] = [];
  const storage: Storage = {
    store: await aws.objectStore(BUCKET),
    clock: systemClock,
    newKey: () => 'copies/0',
    title: (key) => `s3://${BUCKET}/${key}`,
    report: ({ message }) => void left.push(message),
  };
  const stop = new AbortController();
  return {
    ...{ s3, storage, left },
    abort: () => stop.abort(new Error('stopped')),
    store: (stream, { progress = () => undefined, ...own } = {}) =>
      withObject({ ...storage, ...own }, (object) =>
        storeContent(
          object,
          { kind: 'stream', stream },
          { signal: stop.signal, progress, partBytes: PART_BYTES },
        ),
      ),
  };
}

function parts(count: number): Readable {
  return Readable.from(Array.from({ length: count }, () => randomBytes(PART_BYTES)));
}

function isAbort(method: string | undefined, url: string | undefined): boolean {
  return method === 'DELETE' && (url ?? '').includes('uploadId');
}

describe('an object of a copy', () => {
  it('is given up while its source is silent', async (t) => {
    const { s3, store, abort } = await setUp(t);
    const silent = new PassThrough();
    const stored = store(silent);
    silent.write('abc', abort);
    await assert.rejects(stored, { message: 'stopped' });
    assert.deepEqual(
      s3.requests.filter((line) => !line.startsWith('HEAD')),
      [],
    );
    silent.destroy();
  });

  it('is given up while its source is silent after some parts', async (t) => {
    const { s3, store, abort } = await setUp(t);
    const silent = new PassThrough();
    const progress = (bytes: number): void => {
      if (bytes === 2 * PART_BYTES) abort();
    };
    const stored = store(silent, { progress });
    silent.write(randomBytes(2 * PART_BYTES));
    await assert.rejects(stored, { message: 'stopped' });
    assert.deepEqual(s3.files(), []);
    silent.destroy();
  });

  for (const count of [1, 3]) {
    it(`is given up while S3 does not answer, with ${count} parts`, async (t) => {
      const { s3, store, abort } = await setUp(t);
      s3.intercept = (incoming) => {
        if (incoming.method !== 'PUT') return false;
        incoming.resume();
        incoming.once('end', abort);
        return true;
      };
      await assert.rejects(store(parts(count)), { message: 'stopped' });
    });
  }

  it('is not removed when nothing of it was stored', async (t) => {
    const { s3, left, storage } = await setUp(t);
    s3.intercept = (incoming, response) => {
      if (incoming.method !== 'DELETE') return false;
      response.writeHead(NO_CONTENT, { 'x-amz-delete-marker': 'true' }).end();
      return true;
    };
    const early = withObject(storage, () => Promise.reject(new Error('no such directory')));
    await assert.rejects(early, { message: 'no such directory' });
    assert.deepEqual(left, []);
    assert.ok(!s3.requests.some((line) => line.startsWith('DELETE')));
  });

  it('is reported with its parts when those cannot be removed', async (t) => {
    const { s3, store, left } = await setUp(t);
    s3.intercept = (incoming, response) => {
      if (incoming.method !== 'PUT' && !isAbort(incoming.method, incoming.url)) return false;
      incoming.resume();
      response.writeHead(FORBIDDEN).end();
      return true;
    };
    await assert.rejects(store(parts(3)));
    assert.equal(left.length, 1);
    assert.match(left[0] ?? '', /^Parts of s3:\/\/transfer\/copies\/0 could not be removed/);
  });

  it('is reported with its parts when S3 does not answer to their removal', async (t) => {
    const { s3, store, left } = await setUp(t);
    const clock = createVirtualClock();
    s3.intercept = (incoming, response) => {
      if (isAbort(incoming.method, incoming.url)) {
        clock.advance(LONG_MS);
        t.after(() => response.destroy());
        return true;
      }
      if (incoming.method !== 'PUT') return false;
      incoming.resume();
      response.writeHead(FORBIDDEN).end();
      return true;
    };
    await assert.rejects(store(parts(3), { clock }));
    assert.match(left.join('\n'), /^Parts of s3:\/\/transfer\/copies\/0 could not be removed/);
  });
});
