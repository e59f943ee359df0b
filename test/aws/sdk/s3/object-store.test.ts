import assert from 'node:assert/strict';
import { text } from 'node:stream/consumers';
import { describe, it, type TestContext } from 'node:test';
import type { ObjectStore } from '../../../../src/aws/object-store.ts';
import { BUCKET, S3_KEYS, startS3, type S3Store } from '../../../support/s3/s3-store.ts';
import { awsFor, failsWith } from '../../test-aws.ts';

const KEY = 'copies/a b+c';
/** S3 refuses smaller ones, except as the last. */
const PART_BYTES = 5 * 1024 * 1024;
const FORBIDDEN = 403;
const NEVER = new AbortController().signal;

async function setUp(
  t: TestContext,
): Promise<{ readonly s3: S3Store; readonly store: ObjectStore }> {
  const s3 = await startS3(t);
  const aws = awsFor(t, { ...S3_KEYS, AWS_ENDPOINT_URL_S3: s3.endpoint });
  return { s3, store: await aws.objectStore(BUCKET) };
}

describe('objects of a bucket', () => {
  it('are stored, read from any byte on, and removed', async (t) => {
    const { s3, store } = await setUp(t);
    const { signal } = new AbortController();
    await store.put(KEY, Buffer.from('content'), signal);
    assert.equal(await text(await store.read(KEY, 0, signal)), 'content');
    assert.equal(await text(await store.read(KEY, 3, signal)), 'tent');
    assert.deepEqual(await store.remove(KEY), { isKept: false });
    await store.remove(KEY);
    assert.deepEqual(s3.files(), []);
  });

  it('are stored in parts, and exist only when they are complete', async (t) => {
    const { s3, store } = await setUp(t);
    const first = Buffer.alloc(PART_BYTES, 'a');
    const parts = await store.startParts(KEY, NEVER);
    const tags = [await parts.put(1, first), await parts.put(2, Buffer.from('end'))];
    await assert.rejects(
      store.read(KEY, 0, new AbortController().signal),
      failsWith('invalid', /read s3:/),
    );
    await parts.complete(tags);
    const read = await text(await store.read(KEY, 0, new AbortController().signal));
    assert.equal(read.length, PART_BYTES + 3);
    const aborted = await store.startParts('other', NEVER);
    await aborted.put(1, first);
    await aborted.abort();
    await store.remove(KEY);
    assert.deepEqual(s3.files(), []);
  });

  it('are written and read by URLs, without credentials', async (t) => {
    const { s3, store } = await setUp(t);
    const put = async (url: string, body: string): Promise<Response> => {
      const answer = await fetch(url, { method: 'PUT', body });
      assert.equal(answer.status, 200);
      return answer;
    };
    await put(await store.urlToWrite(KEY), 'content');
    const url = await store.urlToRead(KEY);
    assert.equal(await (await fetch(url)).text(), 'content');
    assert.equal(new URL(url).searchParams.get('X-Amz-Expires'), '300');
    assert.equal((await fetch(url.replace(/Signature=./, 'Signature=z'))).status, FORBIDDEN);
    const parts = await store.startParts('parts', NEVER);
    const { headers } = await put(await parts.urlToWrite(1), 'p'.repeat(PART_BYTES));
    await parts.complete([headers.get('etag') ?? '']);
    assert.equal((await fetch(await store.urlToRead('parts'))).status, 200);
    assert.ok(s3.requests.length > 0);
  });
});

describe('a bucket', () => {
  it('that does not exist is reported as such', async (t) => {
    const s3 = await startS3(t);
    const aws = awsFor(t, { ...S3_KEYS, AWS_ENDPOINT_URL_S3: s3.endpoint });
    await assert.rejects(
      aws.objectStore('missing-one'),
      failsWith('not-found', /no bucket missing-one/),
    );
  });

  it('is called in its own region, also where its list may not be seen', async (t) => {
    const { s3, store: inOwn } = await setUp(t);
    assert.match(await inOwn.urlToRead(KEY), /%2Feu-west-1%2Fs3%2F/);
    s3.intercept = (request, response) => {
      if (request.method !== 'HEAD') return false;
      response.writeHead(FORBIDDEN, { 'x-amz-bucket-region': 'sa-east-1' }).end();
      return true;
    };
    const aws = awsFor(t, { ...S3_KEYS, AWS_ENDPOINT_URL_S3: s3.endpoint });
    assert.match(await (await aws.objectStore(BUCKET)).urlToRead(KEY), /%2Fsa-east-1%2Fs3%2F/);
  });

  it('that may not be written is a permission that is missing', async (t) => {
    const { s3, store } = await setUp(t);
    s3.intercept = (request, response) => {
      if (request.method !== 'PUT') return false;
      const body = '<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>';
      response.writeHead(FORBIDDEN, { 'content-type': 'application/xml' }).end(body);
      return true;
    };
    await assert.rejects(
      store.put(KEY, Buffer.alloc(1), NEVER),
      failsWith('access-denied', /^Cannot write s3:\/\/transfer\/copies/),
    );
  });
});
