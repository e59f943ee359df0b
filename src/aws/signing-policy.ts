import { bareHost, isLoopback } from '../network/loopback.ts';
import { awsLabels } from './aws-domains.ts';

/** What may be done with a stream URL. */
export type StreamUrlVerdict =
  /** Connect, with a signature. */
  | { readonly kind: 'sign' }
  /** Connect without a signature: the URL carries one already, or its host is none of AWS's. */
  | { readonly kind: 'unsigned'; readonly reason: 'presigned' | 'foreign-host' }
  /** Do not connect. `reason` is a sentence for the user. */
  | { readonly kind: 'refuse'; readonly reason: string };

/** Query parameters that carry a signature begin with this (AWS Signature Version 4, "query string"). */
const PRESIGN_PREFIX = 'x-amz-';

/**
 * Decides about a stream URL. The upgrade is signed only towards AWS's domains, the host of an
 * endpoint someone configured, and this machine; a connection without TLS stays on this machine
 * (data-channel protocol, "Opening the data channel").
 *
 * @param configuredEndpoints - URLs
 */
export function judgeStreamUrl(
  streamUrl: string,
  configuredEndpoints: readonly string[],
): StreamUrlVerdict {
  if (!URL.canParse(streamUrl)) {
    return { kind: 'refuse', reason: 'the stream URL of the session is not a URL' };
  }
  const url = new URL(streamUrl);
  const isLocal = isLoopback(url.hostname);
  if (url.protocol !== 'wss:' && !(url.protocol === 'ws:' && isLocal)) {
    return {
      kind: 'refuse',
      reason: `the stream URL leads to ${url.host} by ${url.protocol.slice(0, -1)}, but only wss is secure enough for another machine`,
    };
  }
  if (isPresigned(url)) return { kind: 'unsigned', reason: 'presigned' };
  const isKnown =
    isLocal ||
    awsLabels(url.hostname) !== undefined ||
    configuredEndpoints.some((endpoint) => isSameHost(endpoint, url));
  return isKnown ? { kind: 'sign' } : { kind: 'unsigned', reason: 'foreign-host' };
}

/** Whether the URL's query carries a signature: then no credentials are needed, and none are looked up. */
export function isPresigned(url: URL): boolean {
  return [...url.searchParams.keys()].some((key) => key.toLowerCase().startsWith(PRESIGN_PREFIX));
}

function isSameHost(endpoint: string, url: URL): boolean {
  return URL.canParse(endpoint) && bareHost(new URL(endpoint).hostname) === bareHost(url.hostname);
}
