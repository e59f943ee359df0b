import type { AwsCredentials } from '../credentials/credentials.ts';
import {
  ALGORITHM,
  canonicalQuery,
  EMPTY_BODY_SHA256,
  signingTime,
  signRequest,
  TERMINATION,
} from './sign-upgrade.ts';

/** A GET request for `/` that is signed in its query. */
export interface PresignedRequest {
  /** With a port that is not the one of https. */
  readonly host: string;
  /** Its name in the credential scope. */
  readonly service: string;
  readonly region: string;
  readonly query: Readonly<Record<string, string>>;
  /** Seconds. */
  readonly expires: number;
  readonly credentials: AwsCredentials;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/**
 * Signs a request in its query, with AWS Signature Version 4 (IAM User Guide, "Authenticating requests (AWS Signature
 * Version 4)", query parameters).
 *
 * @returns the URL without its scheme. It is a secret: never log it
 */
export function presign(request: PresignedRequest): string {
  const { host, service, region, query, expires, credentials, now } = request;
  const time = signingTime(now);
  const scope = [time.slice(0, time.indexOf('T')), region, service, TERMINATION];
  const { accessKeyId, secretAccessKey, sessionToken = '' } = credentials;
  const signed = canonicalQuery({
    searchParams: new URLSearchParams({
      ...query,
      'X-Amz-Algorithm': ALGORITHM,
      'X-Amz-Credential': [accessKeyId, ...scope].join('/'),
      'X-Amz-Date': time,
      'X-Amz-Expires': String(expires),
      ...(sessionToken === '' ? {} : { 'X-Amz-Security-Token': sessionToken }),
      'X-Amz-SignedHeaders': 'host',
    }),
  });
  const canonical = ['GET', '/', signed, `host:${host}`, '', 'host', EMPTY_BODY_SHA256].join('\n');
  return `${host}/?${signed}&X-Amz-Signature=${signRequest(canonical, time, scope, secretAccessKey)}`;
}
