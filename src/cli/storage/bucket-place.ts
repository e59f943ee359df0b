import { ValueError } from '../framework/usage/value-error.ts';

/** A bucket, and where in it objects are stored. */
export interface BucketPlace {
  readonly bucket: string;
  /** Is put before the names of objects; ends with a slash unless it is empty. */
  readonly prefix: string;
}

/** Names of buckets (Amazon S3 User Guide, "Bucket naming rules"), and PREFIX without a slash at its end. */
const PLACE = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*?))?\/*$/;
/** Bytes of PREFIX: an object's name has 1024 (Amazon S3 User Guide, "Naming Amazon S3 objects"). */
const MAX_PREFIX_BYTES = 900;

/**
 * Reads `s3://BUCKET` or `s3://BUCKET/PREFIX`.
 *
 * @throws ValueError
 */
export function parseBucketPlace(text: string): BucketPlace {
  const [, bucket, prefix = ''] = PLACE.exec(text) ?? [];
  if (bucket === undefined) {
    throw new ValueError(['Pass s3://BUCKET or s3://BUCKET/PREFIX, such as s3://transfer/copies.']);
  }
  if (Buffer.byteLength(prefix) > MAX_PREFIX_BYTES) {
    throw new ValueError([
      `The prefix is longer than ${MAX_PREFIX_BYTES} bytes. Pass a shorter one.`,
    ]);
  }
  return { bucket, prefix: prefix === '' ? '' : `${prefix}/` };
}
