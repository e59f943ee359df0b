import { bareHost } from '../loopback.ts';
import type { Proxy } from './proxy.ts';

/** Where a request for an `http:` URL is sent when a proxy forwards it, and how it begins. */
export interface ForwardedRequest {
  readonly protocol: 'http:' | 'https:';
  /** Without brackets. */
  readonly hostname: string;
  readonly port: number;
  /** The request's target. */
  readonly path: string;
  /** For the proxy itself; they may hold a password. */
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Addresses a request to a proxy: the whole URL is its target (RFC 9112, section 3.2.2).
 *
 * @param origin - scheme, host and port of the URL
 * @param path - what stands behind them, the query included
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
