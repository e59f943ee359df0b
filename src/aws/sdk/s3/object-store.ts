import {
  DeleteObjectCommand,
  GetObjectCommand,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { Readable } from 'node:stream';
import { callFailures } from '../../../failures/calls.ts';
import type { ObjectStore } from '../../object-store.ts';
import { AwsError } from '../aws-error.ts';
import type { Call } from '../describe-failure.ts';
import type { SdkCalls } from '../sdk-calls.ts';
import { createS3Client, type BucketPlace } from './open-object-store.ts';
import { startParts } from './part-upload.ts';

/**
 * How long a URL can be used, in seconds. It is made just before the target needs it, and S3 checks the time only when
 * a request begins, so this need only cover the start of a session and wrong clocks. The URLs of Windows targets are in
 * the record of StartSession, where others of the account may read them later.
 */
const URL_LIFETIME_SECONDS = 300;

type SigningOptions = NonNullable<Parameters<typeof getSignedUrl>[2]>;

/** Calls about the objects of a bucket. */
export interface BucketCalls {
  readonly bucket: string;
  /** @throws AwsError */
  send<T>(what: Call, run: (client: S3Client) => Promise<T>): Promise<T>;
  /** @throws AwsError */
  sign(
    what: Call,
    signed: (client: S3Client, options: SigningOptions) => Promise<string>,
  ): Promise<string>;
}

/** The calls of {@link ObjectStore} by the AWS SDK. */
export function createObjectStore(sdk: SdkCalls, place: BucketPlace): ObjectStore {
  const { bucket: Bucket } = place;
  const calls = bucketCalls(sdk, place);
  const about = (action: string, key: string, purpose: string): Call => ({
    action,
    object: `s3://${Bucket}/${key}`,
    purpose: `${purpose} s3://${Bucket}/${key}`,
  });
  const writing = (key: string): Call => about('s3:PutObject', key, 'write');
  const reading = (key: string): Call => about('s3:GetObject', key, 'read');
  return {
    put: (Key, Body, abortSignal) =>
      calls.send(writing(Key), async (client) => {
        await client.send(new PutObjectCommand({ Bucket, Key, Body }), { abortSignal });
      }),
    startParts: (key, signal) => startParts(calls, key, { writing: writing(key), signal }),
    read: (Key, from, abortSignal) =>
      calls.send(reading(Key), async (client) => {
        const range = from === 0 ? {} : { Range: `bytes=${from}-` };
        const command = new GetObjectCommand({ Bucket, Key, ...range });
        const { Body } = await client.send(command, { abortSignal });
        if (Body instanceof Readable) return Body;
        throw new AwsError(callFailures['answer-incomplete'](reading(Key).purpose, 'content'));
      }),
    remove: (Key) =>
      calls.send(about('s3:DeleteObject', Key, 'remove'), async (client) => {
        const answer = await client.send(new DeleteObjectCommand({ Bucket, Key }));
        return { isKept: answer.DeleteMarker === true };
      }),
    urlToRead: (Key) =>
      calls.sign(reading(Key), (client, options) =>
        getSignedUrl(client, new GetObjectCommand({ Bucket, Key }), options),
      ),
    urlToWrite: (Key) =>
      calls.sign(writing(Key), (client, options) =>
        getSignedUrl(client, new PutObjectCommand({ Bucket, Key }), options),
      ),
  };
}

function bucketCalls(sdk: SdkCalls, place: BucketPlace): BucketCalls {
  const send: BucketCalls['send'] = (what, run) =>
    sdk.call('s3', what, (config) => run(createS3Client(config, place)));
  return {
    bucket: place.bucket,
    send,
    sign: (what, signed) =>
      send(what, (client) =>
        signed(client, {
          expiresIn: URL_LIFETIME_SECONDS,
          signingDate: new Date(Date.now() + place.clockOffset),
        }),
      ),
  };
}
