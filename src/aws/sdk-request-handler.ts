import { NodeHttpHandler } from '@smithy/node-http-handler';
import { HttpRequest, type HttpHandler } from '@smithy/protocol-http';
import { bareHost } from '../network/loopback.ts';
import type { Network } from '../network/network.ts';
import type { Proxy } from '../network/proxy.ts';

/**
 * Bound of one HTTP request to AWS from its connection to its answer, in milliseconds; the SDK tries
 * three times.
 */
export const REQUEST_TIMEOUT_MS = 20_000;

/** Sends the AWS SDK's requests through the program's own network: its proxies and its trust. */
export function createSdkRequestHandler(network: Network): HttpHandler {
  const handler = new NodeHttpHandler({
    httpAgent: network.httpAgent,
    httpsAgent: network.httpsAgent,
    requestTimeout: REQUEST_TIMEOUT_MS,
    socketTimeout: REQUEST_TIMEOUT_MS,
    throwOnRequestTimeout: true,
  });
  return {
    metadata: handler.metadata,
    handle: (request, options) => {
      if (request.protocol !== 'http:') return handler.handle(request, options);
      const url = new URL(`http://${request.hostname}${portSuffix(request)}`);
      const proxy = network.plainProxy(url);
      return handler.handle(proxy === undefined ? request : addressTo(proxy, request), options);
    },
    updateHttpClientConfig: (key: never, value: never) => {
      handler.updateHttpClientConfig(key, value);
    },
    httpHandlerConfigs: () => handler.httpHandlerConfigs(),
    // The agents are the program's, and carry other connections, too.
    destroy: () => undefined,
  };
}

function portSuffix(request: { readonly port?: number | undefined }): string {
  return request.port === undefined ? '' : `:${request.port}`;
}

/** The request in the form in which a proxy takes it: the whole URL as its target (RFC 9112, 3.2.2). */
function addressTo(proxy: Proxy, request: HttpRequest): HttpRequest {
  const forwarded = HttpRequest.clone(request);
  forwarded.path = `http://${request.hostname}${portSuffix(request)}${request.path}`;
  forwarded.protocol = proxy.secure ? 'https:' : 'http:';
  forwarded.hostname = bareHost(proxy.hostname);
  forwarded.port = proxy.port;
  if (proxy.authorization !== undefined) {
    forwarded.headers['proxy-authorization'] = proxy.authorization;
  }
  return forwarded;
}
