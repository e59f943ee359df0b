import { bareHost, isLoopback } from '../../network/loopback.ts';
import { awsLabels } from './aws-domains.ts';

/** What may be done with a stream URL. */
export type StreamUrlVerdict =
  /** Connect, with a signature. */
  | { readonly kind: 'sign' }
  /**
   * Connect without a signature: the URL carries one already, its host is not a message gateway, or it
   * holds a user name or password, which take the header that a signature needs.
   */
  | { readonly kind: 'unsigned'; readonly reason: 'presigned' | 'foreign-host' | 'user-info' }
  /** Do not connect. `reason` is a sentence for the user. */
  | { readonly kind: 'refuse'; readonly reason: string };

/** Query parameters that carry a signature begin with this (AWS Signature Version 4, "query string"). */
const PRESIGN_PREFIX = 'x-amz-';

/**
 * Decides about a stream URL. The upgrade is signed only towards the message gateways of AWS, the
 * host of a configured endpoint, and this machine: a signature for another service's host (an S3
 * bucket has one below amazonaws.com, too) could be replayed by its owner. A connection without TLS
 * stays on this machine (docs/design/protocol.md#signed-upgrade).
 *
 * @param configuredEndpoints - URLs
 */
export function checkStreamUrl(
  streamUrl: string,
  configuredEndpoints: readonly string[],
): StreamUrlVerdict {
  if (!URL.canParse(streamUrl)) {
    return { kind: 'refuse', reason: 'The stream URL of the session is not a URL' };
  }
  const url = new URL(streamUrl);
  // RFC 6455, section 3: a WebSocket URL has none.
  if (url.hash !== '') {
    return { kind: 'refuse', reason: 'The stream URL of the session ends in a fragment (#…)' };
  }
  const isLocal = isLoopback(url.hostname);
  if (url.protocol !== 'wss:' && !(url.protocol === 'ws:' && isLocal)) {
    return {
      kind: 'refuse',
      reason: `The stream URL uses ${url.protocol.slice(0, -1)} to ${url.host}, but only wss is allowed to another machine`,
    };
  }
  if (isPresigned(url)) return { kind: 'unsigned', reason: 'presigned' };
  const isKnown =
    isLocal ||
    isMessageGateway(url.hostname) ||
    configuredEndpoints.some((endpoint) => isSameHost(endpoint, url));
  if (!isKnown) return { kind: 'unsigned', reason: 'foreign-host' };
  const hasUserInfo = url.username !== '' || url.password !== '';
  return hasUserInfo ? { kind: 'unsigned', reason: 'user-info' } : { kind: 'sign' };
}

/** Name of the service in the host name of its endpoints, plain and FIPS-validated. */
const GATEWAY_LABELS: readonly (string | undefined)[] = ['ssmmessages', 'ssmmessages-fips'];
/**
 * An interface endpoint of a VPC, `vpce-0a1b2c-xyz` with or without a zone; then the label `vpce` follows the
 * region.
 */
const VPC_ENDPOINT_LABEL = /^vpce-[a-z0-9-]+$/;
const REGION_LABEL = /^[a-z0-9-]+$/;

/**
 * Whether the host is a message gateway of AWS: `ssmmessages.REGION` below a domain of any partition,
 * also FIPS and dual stack, or an interface endpoint of a VPC for it (AWS General Reference,
 * "Systems Manager endpoints"; AWS PrivateLink guide, "Endpoint-specific DNS names").
 */
function isMessageGateway(hostname: string): boolean {
  const labels = awsLabels(hostname);
  if (labels === undefined) return false;
  const isVpcEndpoint = labels.length === 4;
  const [service, region, ...rest] = isVpcEndpoint ? labels.slice(1) : labels;
  if (!GATEWAY_LABELS.includes(service) || !REGION_LABEL.test(region ?? '')) return false;
  return isVpcEndpoint
    ? VPC_ENDPOINT_LABEL.test(labels[0] ?? '') && rest[0] === 'vpce'
    : rest.length === 0;
}

/** Whether the URL's query carries a signature: then no credentials are needed, and none are resolved. */
export function isPresigned(url: URL): boolean {
  return [...url.searchParams.keys()].some((key) => key.toLowerCase().startsWith(PRESIGN_PREFIX));
}

function isSameHost(endpoint: string, url: URL): boolean {
  return URL.canParse(endpoint) && bareHost(new URL(endpoint).hostname) === bareHost(url.hostname);
}
