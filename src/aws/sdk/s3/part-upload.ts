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

/**
 * Begins an object that is stored in parts. The Upload of `@aws-sdk/lib-storage` is not used: after an abort, requests
 * of its go on, and store parts that are never removed.
 *
 * @param writing - for what fails
 * @throws AwsError
 */
export async function startParts(
  calls: BucketCalls,
  key: string,
  writing: Call,
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
        return given((await client.send(command)).ETag, writing, 'tag');
      }),
    urlToWrite: (PartNumber) =>
      calls.sign(writing, (client, options) =>
        getSignedUrl(client, new UploadPartCommand({ ...upload, PartNumber }), options),
      ),
    complete: (tags) =>
      calls.send(writing, async (client) => {
        const Parts = tags.map((ETag, index) => ({ ETag, PartNumber: index + 1 }));
        const MultipartUpload = { Parts };
        await client.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload }));
      }),
    abort: () =>
      calls.send({ ...writing, action: 's3:AbortMultipartUpload' }, async (client) => {
        await client.send(new AbortMultipartUploadCommand(upload));
      }),
  };
}

function given(value: string | undefined, { purpose }: Call, what: string): string {
  if (value !== undefined) return value;
  throw new AwsError(callFailures['answer-incomplete'](purpose, what));
}
