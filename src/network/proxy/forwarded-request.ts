import { bareHost } from '../loopback.ts';
import type { Proxy } from './proxy.ts';

/** Destination and head of a request for an `http:` URL that a proxy forwards. */
export interface ForwardedRequest {
  readonly protocol: 'http:' | 'https:';
  /** Without brackets. */
  readonly hostname: string;
  readonly port: number;
  /** The target of the request. */
  readonly path: string;
  /** For the proxy itself; they may hold a password. */
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Addresses a request to a proxy: the whole URL is its target (RFC 9112, section 3.2.2).
 *
 * @param origin - scheme, host and port of the URL
 * @param path - the rest of the URL, with its query
 */
export function forwardedBy(proxy: Proxy, origin: string, path: string): ForwardedRequest {
  const { authorization } = proxy;
  return {
    protocol: proxy.secure ? 'https:' : 'http:',
    hostname: bareHost(proxy.hostname),
    port: proxy.port,
    path: `${origin}${path}`,
    headers: authorization === undefined ? {} : { 'proxy-authorization': authorization },
  };
}
