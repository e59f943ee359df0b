import { HeadBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { callFailures } from '../../../failures/calls.ts';
import type { AwsOptions } from '../../aws-options.ts';
import type { ObjectStore } from '../../object-store.ts';
import { readSharedConfig } from '../../shared-config.ts';
import { AwsError } from '../aws-error.ts';
import { causesOf } from '../describe-failure.ts';
import type { ClientConfig, SdkCalls } from '../sdk-calls.ts';
import { createObjectStore } from './object-store.ts';

/** How a bucket is called. */
export interface BucketPlace {
  readonly bucket: string;
  readonly region: string;
  /** Whether URLs have the bucket in their path, not in the name of the host. */
  readonly usesPath: boolean;
  /** By how much the clock of AWS is ahead of this machine's, in milliseconds. */
  readonly clockOffset: number;
}

/** Sent also with the refusal of a request (S3 API, HeadBucket). */
const REGION_HEADER = 'x-amz-bucket-region';
const NOT_FOUND = 404;
/** `addressing_style` of the AWS CLI (AWS CLI S3 configuration). */
const PATH_STYLE = /^\s*addressing_style\s*=\s*path\s*$/m;

/**
 * Finds out where a bucket is. This needs no permission: a refusal names the region, too.
 *
 * @throws AwsError when there is no such bucket, or S3 cannot be reached
 */
export async function openObjectStore(
  options: AwsOptions,
  calls: SdkCalls,
  bucket: string,
): Promise<ObjectStore> {
  const { profile } = await readSharedConfig(options.profile, options.env, options.logger);
  const isPathStyle = PATH_STYLE.test(profile?.['s3'] ?? '');
  const what = {
    action: 's3:HeadBucket',
    object: `bucket ${bucket}`,
    purpose: `use the bucket ${bucket}`,
  };
  const place = await calls.call('s3', what, async (config) => {
    const usesPath = isPathStyle || config.endpoint !== undefined;
    const client = createS3Client(config, { region: config.region, usesPath });
    const region = await findRegion(client, bucket);
    const clockOffset = client.config.systemClockOffset;
    return { bucket, region: region ?? config.region, usesPath, clockOffset };
  });
  return createObjectStore(calls, place);
}

/** A client of S3, with which requests are as those of the AWS CLI. */
export function createS3Client(
  config: ClientConfig,
  { region, usesPath }: Pick<BucketPlace, 'region' | 'usesPath'>,
): S3Client {
  return new S3Client({
    ...config,
    region,
    forcePathStyle: usesPath,
    // A URL for a target would else contain the checksum of an empty body.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
}

async function findRegion(client: S3Client, bucket: string): Promise<string | undefined> {
  try {
    return (await client.send(new HeadBucketCommand({ Bucket: bucket }))).BucketRegion;
  } catch (error) {
    const response = responseOf(error);
    if (response?.status === NOT_FOUND) {
      throw new AwsError(callFailures['bucket-not-found'](bucket));
    }
    // The next call reports what is wrong: the answer to this one has no text.
    if (response?.region !== undefined) return response.region;
    throw error;
  }
}

interface BucketResponse {
  readonly status: unknown;
  readonly region: string | undefined;
}

function responseOf(error: unknown): BucketResponse | undefined {
  const response = causesOf(error)
    .map((cause): unknown => Reflect.get(cause, '$response'))
    .find((found) => found !== undefined);
  if (typeof response !== 'object' || response === null) return undefined;
  const headers: unknown = Reflect.get(response, 'headers');
  const region: unknown =
    typeof headers === 'object' && headers !== null ? Reflect.get(headers, REGION_HEADER) : '';
  return {
    status: Reflect.get(response, 'statusCode'),
    region: typeof region === 'string' && region !== '' ? region : undefined,
  };
}
