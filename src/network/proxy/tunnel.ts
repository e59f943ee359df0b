import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import type { SecureContext } from 'node:tls';
import { connectionProblem } from '../../failures/connection-failure.ts';
import { networkFailures } from '../../failures/network.ts';
import type { Failure } from '../../lib/errors/failure.ts';
import { bareHost } from '../loopback.ts';
import { NetworkError } from '../network-error.ts';
import { proxyName, type Proxy } from './proxy.ts';

const PROXY_AUTHENTICATION_REQUIRED = 407;

/** The destination of a tunnel. */
export interface TunnelTarget {
  /** Without brackets. */
  readonly host: string;
  readonly port: number;
}

/**
 * Opens a connection through a proxy with CONNECT (RFC 9110, section 9.3.6).
 *
 * @param context - verifies a proxy with TLS
 * @param signal - stops it
 * @throws NetworkError `proxy`, when the proxy cannot be reached or refuses, or the signal has stopped it
 */
export function openTunnel(
  proxy: Proxy,
  target: TunnelTarget,
  context: SecureContext | undefined,
  signal: AbortSignal,
): Promise<Duplex> {
  const authority = `${isIP(target.host) === 6 ? `[${target.host}]` : target.host}:${target.port}`;
  const host = bareHost(proxy.hostname);
  const options = {
    host,
    port: proxy.port,
    method: 'CONNECT',
    path: authority,
    headers: {
      host: authority,
      ...(proxy.authorization === undefined ? {} : { 'proxy-authorization': proxy.authorization }),
    },
    agent: false,
    signal,
  } as const;
  const request = proxy.secure
    ? httpsRequest({
        ...options,
        ...(context === undefined ? {} : { secureContext: context }),
        servername: isIP(host) === 0 ? host : '',
        rejectUnauthorized: true,
      })
    : httpRequest(options);
  return new Promise((resolve, reject) => {
    request.once('connect', (response, socket, head) => {
      const status = response.statusCode ?? 0;
      if (status < 200 || status > 299) {
        socket.destroy();
        reject(new NetworkError(refusal(proxy, authority, status)));
        return;
      }
      if (head.length > 0) socket.unshift(head);
      resolve(socket);
    });
    // Some proxies answer CONNECT like any other method.
    request.once('response', (response) => {
      response.destroy();
      reject(new NetworkError(refusal(proxy, authority, response.statusCode ?? 0)));
    });
    request.on('error', (error) => {
      reject(
        new NetworkError(
          networkFailures['proxy-unreachable'](proxyName(proxy), connectionProblem(error)),
          error,
        ),
      );
    });
    request.end();
  });
}

function refusal(proxy: Proxy, authority: string, status: number): Failure<'proxy'> {
  const named = proxyName(proxy);
  if (status !== PROXY_AUTHENTICATION_REQUIRED) {
    return networkFailures['proxy-refused'](named, authority, status);
  }
  return proxy.authorization === undefined
    ? networkFailures['proxy-password-missing'](named)
    : networkFailures['proxy-password-refused'](named);
}
