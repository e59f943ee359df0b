import { createHash, createHmac } from 'node:crypto';
import type { AwsCredentials } from '../credentials/credentials.ts';

/** Name of the message gateway in the credential scope. */
const SERVICE = 'ssmmessages';
export const ALGORITHM = 'AWS4-HMAC-SHA256';
/** Ends each credential scope. */
export const TERMINATION = 'aws4_request';
/** SHA-256 of the body, which is empty. */
export const EMPTY_BODY_SHA256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

/** What a signature depends on. */
export interface UpgradeSignature {
  /** The WebSocket's URL exactly as it is connected to. */
  readonly url: string;
  readonly region: string;
  readonly credentials: AwsCredentials;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/**
 * Signs the upgrade request of a WebSocket with AWS Signature Version 4: a GET with an empty body
 * (docs/design/protocol.md#signed-upgrade; IAM User Guide, "Create a signed AWS API request").
 *
 * It is own code because each session runs it before its first byte: the AWS SDK's signer, for requests of all
 * kinds, takes a millisecond longer.
 *
 * @returns the headers to add: `authorization`, `x-amz-date`, `x-amz-content-sha256` and, with temporary
 *   credentials, `x-amz-security-token`; `host` is signed and must be sent as it is in the URL. Never log
 *   them.
 */
export function signUpgrade(signature: UpgradeSignature): Readonly<Record<string, string>> {
  const { region, credentials, now } = signature;
  const { accessKeyId, secretAccessKey, sessionToken } = credentials;
  const url = new URL(signature.url);
  const time = signingTime(now);
  const [day = ''] = time.split('T');
  const added = {
    'x-amz-date': time,
    ...((sessionToken ?? '') === '' ? {} : { 'x-amz-security-token': sessionToken }),
    'x-amz-content-sha256': EMPTY_BODY_SHA256,
  };
  const signed = Object.entries({ host: url.host, ...added }).sort(byName);
  const names = signed.map(([name]) => name).join(';');
  const canonicalRequest = [
    'GET',
    canonicalPath(url),
    canonicalQuery(url),
    ...signed.map(([name, value]) => `${name}:${value.trim().replaceAll(/[ \t]+/g, ' ')}`),
    '',
    names,
    EMPTY_BODY_SHA256,
  ].join('\n');
  const scope = [day, region, SERVICE, TERMINATION];
  const value = signRequest(canonicalRequest, time, scope, secretAccessKey);
  return {
    ...added,
    authorization: `${ALGORITHM} Credential=${accessKeyId}/${scope.join('/')}, SignedHeaders=${names}, Signature=${value}`,
  };
}

/** @param scope - of the credentials: day, region, service and the end */
export function signRequest(
  canonicalRequest: string,
  time: string,
  scope: readonly string[],
  secretAccessKey: string,
): string {
  const digest = createHash('sha256').update(canonicalRequest).digest('hex');
  const key = scope.reduce<string | Buffer>(
    (previous, part) => hmac(previous, part).digest(),
    `AWS4${secretAccessKey}`,
  );
  return hmac(key, [ALGORITHM, time, scope.join('/'), digest].join('\n')).digest('hex');
}

/** @param now - milliseconds since the epoch. @returns it as `X-Amz-Date` has it */
export function signingTime(now: number): string {
  return new Date(now).toISOString().replace(/[-:]|\.\d+/g, '');
}

/** The path is encoded a second time, and empty segments do not count. */
function canonicalPath({ pathname }: URL): string {
  return pathname
    .replaceAll(/\/{2,}/g, '/')
    .split('/')
    .map(percentEncode)
    .join('/');
}

export function canonicalQuery({ searchParams }: Pick<URL, 'searchParams'>): string {
  return [...searchParams]
    .map(([name, value]) => [percentEncode(name), percentEncode(value)] as const)
    .sort((a, b) => byName(a, b) || compare(a[1], b[1]))
    .map((pair) => pair.join('='))
    .join('&');
}

function byName(a: readonly [string, string], b: readonly [string, string]): number {
  return compare(a[0], b[0]);
}

/** By code points of ASCII, which the signature demands: a locale would sort `_` before `A`. */
function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** All but the unreserved characters of RFC 3986: `encodeURIComponent` keeps some more. */
function percentEncode(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function hmac(key: string | Buffer, text: string): ReturnType<typeof createHmac> {
  return createHmac('sha256', key).update(text);
}
