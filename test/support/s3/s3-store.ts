import { readdirSync, rmSync } from 'node:fs';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import type { TestContext } from 'node:test';
import { serve } from '../../network/local-server.ts';
import { temporaryDirectory } from '../temporary-directory.ts';

/** What is used of `@20minutes/s3rver`, which has no types. */
interface S3rver {
  configureBuckets(): Promise<unknown>;
  callback(): (...exchange: Parameters<RequestListener>) => Promise<void>;
}
type S3rverClass = new (options: {
  readonly silent: boolean;
  readonly directory: string;
  readonly configureBuckets: readonly { readonly name: string }[];
}) => S3rver;

export const BUCKET = 'transfer';
const REGION = 'eu-west-1';
const OK = 200;
const NO_CONTENT = 204;
const NOT_FOUND = 404;

/** Keys that s3rver accepts: it checks signatures, also those of URLs. */
export const S3_KEYS = { AWS_ACCESS_KEY_ID: 'S3RVER', AWS_SECRET_ACCESS_KEY: 'S3RVER' } as const;

/** A store with the API of S3, and one bucket. */
export interface S3Store {
  readonly endpoint: string;
  /** Method and path of each request, with the names of what follows the question mark: `PUT /transfer/a ?partNumber`. */
  readonly requests: readonly string[];
  /** Names of files in the bucket: objects, and parts that were not removed. */
  readonly files: () => readonly string[];
  /** Answers a request itself if it returns true. */
  intercept: (request: IncomingMessage, response: ServerResponse) => boolean;
}

/**
 * HeadBucket, whose answer of s3rver has no region; it also refuses the signature of a path that ends with a slash.
 *
 * @returns whether it is another request
 */
function answerHeadBucket(path: string, response: ServerResponse): boolean {
  const [bucket, key = ''] = path.slice(1).split('/');
  if (key !== '') return true;
  response.writeHead(bucket === BUCKET ? OK : NOT_FOUND, { 'x-amz-bucket-region': REGION }).end();
  return false;
}

/** AbortMultipartUpload, which s3rver lacks. */
function removeParts(directory: string, upload: string): void {
  const names = readdirSync(directory, { encoding: 'utf8', recursive: true });
  for (const name of names.filter((path) => basename(path) === upload)) {
    rmSync(join(directory, name), { recursive: true });
  }
}

/** Serves S3 until the test ends. */
export async function startS3(t: TestContext): Promise<S3Store> {
  const Store = createRequire(import.meta.url)('@20minutes/s3rver') as S3rverClass;
  const directory = temporaryDirectory(t);
  const store = new Store({ silent: true, directory, configureBuckets: [{ name: BUCKET }] });
  await store.configureBuckets();
  const answer = store.callback();
  const running = new Set<Promise<void>>();
  const requests: string[] = [];
  const started: S3Store & { endpoint: string } = {
    endpoint: '',
    requests,
    files: () =>
      readdirSync(directory, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map(({ name }) => name),
    intercept: () => false,
  };
  const port = await serve(t, (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://s3');
    requests.push(
      `${request.method ?? ''} ${pathname} ${[...searchParams.keys()].join(' ')}`.trim(),
    );
    if (started.intercept(request, response)) return;
    if (request.method === 'HEAD' && !answerHeadBucket(pathname, response)) return;
    const upload = searchParams.get('uploadId');
    if (request.method === 'DELETE' && upload !== null) {
      // S3 refuses parts of an upload that was removed; s3rver would still store those whose requests were ended.
      void Promise.allSettled(running).then(() => {
        removeParts(directory, upload);
        response.writeHead(NO_CONTENT).end();
      });
      return;
    }
    const answered = answer(request, response).finally(() => running.delete(answered));
    running.add(answered);
  });
  started.endpoint = `http://127.0.0.1:${port}`;
  return started;
}
