import type { AwsOptions } from '../../aws-options.ts';
import type { ObjectStoreCalls } from '../../object-store.ts';
import { createSdkCalls } from '../sdk-calls.ts';
import { createSdkRequestHandler } from '../sdk-request-handler.ts';
import { openObjectStore } from './open-object-store.ts';

/**
 * Time limit for a connection to S3 on which nothing arrives and nothing can be sent, in milliseconds. A part of some
 * MiB takes as long as the line needs, so its request has no other limit.
 */
const S3_SILENCE_MS = 60_000;

/** Makes the calls to S3 by the AWS SDK. Importing this module loads it; `lazyAws` does not. */
export function createS3Part(options: AwsOptions): ObjectStoreCalls {
  const { network, clock } = options;
  const handler = createSdkRequestHandler(network, clock, { kind: 'silence', ms: S3_SILENCE_MS });
  const calls = createSdkCalls(options, handler);
  return { objectStore: (bucket) => openObjectStore(options, calls, bucket) };
}
