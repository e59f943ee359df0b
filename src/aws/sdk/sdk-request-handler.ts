import { Readable } from 'node:stream';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { HttpRequest, type HttpHandler } from '@smithy/protocol-http';
import type { Clock } from '../../lib/clock.ts';
import { createDeadline, type Deadline } from '../../network/deadline.ts';
import { forwardedBy } from '../../network/proxy/forwarded-request.ts';
import type { Network } from '../../network/network.ts';
import type { Proxy } from '../../network/proxy/proxy.ts';

/**
 * Time limit of one HTTP request to AWS, from its connection to the end of its answer, in milliseconds, however slowly
 * the bytes of the answer arrive; the SDK tries three times.
 */
export const REQUEST_TIMEOUT_MS = 20_000;

/** When a request has failed. */
export type RequestLimit =
  /** Its answer is not whole in this time. */
  | { readonly kind: 'whole'; readonly ms: number }
  /** Nothing arrives, and nothing can be sent, for this time: for requests and answers of any size. */
  | { readonly kind: 'silence'; readonly ms: number };

const USUAL_LIMIT: RequestLimit = { kind: 'whole', ms: REQUEST_TIMEOUT_MS };

/** Sends the AWS SDK's requests through the program's own network: its proxies and its trust. */
export function createSdkRequestHandler(
  network: Network,
  clock: Clock,
  limit: RequestLimit = USUAL_LIMIT,
): HttpHandler {
  const isWhole = limit.kind === 'whole';
  const handler = new NodeHttpHandler({
    httpAgent: network.httpAgent,
    httpsAgent: network.httpsAgent,
    socketTimeout: limit.ms,
    ...(isWhole ? { requestTimeout: limit.ms, throwOnRequestTimeout: true } : {}),
  });
  const send: HttpHandler['handle'] = (request, options) => {
    if (request.protocol !== 'http:') return handler.handle(request, options);
    const url = new URL(`http://${request.hostname}${portSuffix(request)}`);
    const proxy = network.plainProxy(url);
    return handler.handle(proxy === undefined ? request : addressTo(proxy, request), options);
  };
  return {
    metadata: handler.metadata,
    async handle(request, options) {
      if (!isWhole) return send(request, options);
      const deadline = createDeadline(clock, limit.ms);
      try {
        const answer = await send(request, options);
        endAt(deadline, answer.response.body);
        return answer;
      } catch (error) {
        deadline.clear();
        throw error;
      }
    },
    updateHttpClientConfig: (key: never, value: never) => {
      handler.updateHttpClientConfig(key, value);
    },
    httpHandlerConfigs: () => handler.httpHandlerConfigs(),
    // The agents belong to the program, and have other connections, too.
    destroy: () => undefined,
  };
}

/** The limits of the SDK end with the headers of an answer, or begin again with each byte of it. */
function endAt(deadline: Deadline, body: unknown): void {
  if (!(body instanceof Readable)) {
    deadline.clear();
    return;
  }
  const stop = (): void => {
    const error = new Error(`no whole answer within ${REQUEST_TIMEOUT_MS} ms`);
    // As the SDK names its own, which it repeats.
    body.destroy(Object.assign(error, { name: 'TimeoutError' }));
  };
  // The SDK may not read the answer of a failed request.
  body.on('error', () => undefined);
  body.once('close', () => deadline.clear());
  if (deadline.signal.aborted) stop();
  else deadline.signal.addEventListener('abort', stop, { once: true });
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
