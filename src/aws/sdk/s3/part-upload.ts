import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { callFailures } from '../../../failures/calls.ts';
import type { PartUpload } from '../../object-store.ts';
import { AwsError } from '../aws-error.ts';
import type { Call } from '../describe-failure.ts';
import type { BucketCalls } from './object-store.ts';

/** How an object is stored in parts. */
interface PartOptions {
  /** For what fails. */
  readonly writing: Call;
  /** Ends requests for parts, and the one that completes the object. */
  readonly signal: AbortSignal;
}

/**
 * Begins an object that is stored in parts. The Upload of `@aws-sdk/lib-storage` is not used: after an abort, requests
 * of its go on, and store parts that are never removed.
 *
 * @throws AwsError
 */
export async function startParts(
  calls: BucketCalls,
  key: string,
  { writing, signal: abortSignal }: PartOptions,
): Promise<PartUpload> {
  const id = await calls.send(writing, async (client) => {
    const command = new CreateMultipartUploadCommand({ Bucket: calls.bucket, Key: key });
    return given((await client.send(command)).UploadId, writing, 'upload');
  });
  const upload = { Bucket: calls.bucket, Key: key, UploadId: id };
  return {
    put: (PartNumber, Body) =>
      calls.send(writing, async (client) => {
        const command = new UploadPartCommand({ ...upload, PartNumber, Body });
        return given((await client.send(command, { abortSignal })).ETag, writing, 'tag');
      }),
    urlToWrite: (PartNumber) =>
      calls.sign(writing, (client, options) =>
        getSignedUrl(client, new UploadPartCommand({ ...upload, PartNumber }), options),
      ),
    complete: (tags) =>
      calls.send(writing, async (client) => {
        const Parts = tags.map((ETag, index) => ({ ETag, PartNumber: index + 1 }));
        const whole = { ...upload, MultipartUpload: { Parts } };
        await client.send(new CompleteMultipartUploadCommand(whole), { abortSignal });
      }),
    abort: () =>
      calls.send({ ...writing, action: 's3:AbortMultipartUpload' }, async (client) => {
        await client.send(new AbortMultipartUploadCommand(upload)).catch(unlessGone);
      }),
  };
}

/** An answer that was lost may have completed the object. */
function unlessGone(error: unknown): void {
  if (!(error instanceof Error && error.name === 'NoSuchUpload')) throw error;
}

function given(value: string | undefined, { purpose }: Call, what: string): string {
  if (value !== undefined) return value;
  throw new AwsError(callFailures['answer-incomplete'](purpose, what));
}
