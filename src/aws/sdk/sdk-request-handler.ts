import { NodeHttpHandler } from '@smithy/node-http-handler';
import { HttpRequest, type HttpHandler } from '@smithy/protocol-http';
import { forwardedBy } from '../../network/proxy/forwarded-request.ts';
import type { Network } from '../../network/network.ts';
import type { Proxy } from '../../network/proxy/proxy.ts';

/**
 * Time limit of one HTTP request to AWS, from its connection to its answer, in milliseconds; the SDK tries
 * three times.
 */
const REQUEST_TIMEOUT_MS = 20_000;

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
    // The agents belong to the program, and have other connections, too.
    destroy: () => undefined,
  };
}

function portSuffix(request: { readonly port?: number | undefined }): string {
  return request.port === undefined ? '' : `:${request.port}`;
}

function addressTo(proxy: Proxy, request: HttpRequest): HttpRequest {
  const forwarded = HttpRequest.clone(request);
  const origin = `http://${request.hostname}${portSuffix(request)}`;
  const { headers, ...address } = forwardedBy(proxy, origin, request.path);
  Object.assign(forwarded, address);
  Object.assign(forwarded.headers, headers);
  return forwarded;
}
