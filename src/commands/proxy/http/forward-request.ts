import { request, type IncomingMessage, type ServerResponse } from 'node:http';
import { pipeline } from 'node:stream';
import { proxyFailures } from '../../../failures/proxy.ts';
import type { ProxyClient, Refusal } from '../clients/proxy-client.ts';
import { endToEndHeaders, headerValues } from './hop-headers.ts';
import { refusalPage, type HttpPage } from './http-page.ts';
import { createSocketPair } from './socket-pair.ts';

/** Bytes of the headers of a request or a response: cookies and tokens of corporate sign-ins are long. */
export const HTTP_HEAD_BYTES = 64 * 1024;
/** The first status of a final answer (RFC 9110, section 15). 101 would change the protocol, which was not asked for. */
const FIRST_FINAL_STATUS = 200;

/**
 * Serves one request whose target is a whole URL. Both messages are parsed and written again, so that each ends
 * where both sides agree that it ends. Each request has a connection of its own to the destination.
 *
 * @param connect - opens it; the request goes out at once
 */
export function forwardRequest(
  incoming: IncomingMessage,
  response: ServerResponse,
  url: URL,
  connect: (client: ProxyClient) => void,
): void {
  const [near, far] = createSocketPair();
  let refusal: Refusal | undefined;
  const outgoing = request({
    createConnection: () => near,
    method: incoming.method,
    path: `${url.pathname}${url.search}`,
    headers: requestHeaders(incoming, url.host),
    maxHeaderSize: HTTP_HEAD_BYTES,
  });
  // The size is limited, not the number: a header that is not seen could be the length of the body.
  outgoing.maxHeadersCount = 0;
  const fail = (): void => {
    if (response.headersSent) response.destroy();
    else writePage(response, refusalPage(refusal ?? { ...noAnswer(url.host), kind: 'failed' }));
  };
  outgoing.on('response', (answer) => {
    if (passHead(answer, response)) {
      // A body that is cut off is cut off for the client, too.
      pipeline(answer, response, () => undefined);
    } else {
      outgoing.destroy();
    }
  });
  outgoing.on('error', fail);
  // An answer that is refused, or that changes the protocol, ends it without an error.
  outgoing.on('close', () => {
    if (!response.headersSent) fail();
  });
  response.on('close', () => outgoing.destroy());
  pipeline(incoming, outgoing, () => undefined);
  // It may be refused at once.
  connect({
    socket: far,
    accept: () => undefined,
    refuse(why) {
      refusal = why;
      far.destroy();
    },
    reset: () => far.destroy(),
  });
}

/**
 * Passes on the status and the headers, but not the words of the status: they may have any bytes.
 *
 * @returns whether the client can get them
 */
function passHead(answer: IncomingMessage, response: ServerResponse): boolean {
  const { statusCode = 0, rawHeaders } = answer;
  if (statusCode < FIRST_FINAL_STATUS) return false;
  response.sendDate = false;
  try {
    response.writeHead(statusCode, [...endToEndHeaders(rawHeaders)]);
    return true;
  } catch {
    // Node.js reads more than it writes.
    return false;
  }
}

/** Answers with a page. A closed connection gets none: a write to it would be an error. */
export function writePage(response: ServerResponse, { status, headers, body }: HttpPage): void {
  if (response.destroyed) return;
  response.writeHead(status, headers).end(body);
}

function noAnswer(host: string): Omit<Refusal, 'kind'> {
  return proxyFailures['proxy-answer-invalid'](host);
}

function requestHeaders({ rawHeaders }: IncomingMessage, host: string): string[] {
  const isChunked = headerValues(rawHeaders, 'transfer-encoding').length > 0;
  const hasLength = headerValues(rawHeaders, 'content-length').length > 0;
  const body = isChunked ? ['Transfer-Encoding', 'chunked'] : ['Content-Length', '0'];
  return [
    ...['Host', host],
    ...endToEndHeaders(rawHeaders, ['host', 'expect']),
    ...(hasLength ? [] : body),
    ...['Connection', 'close'],
  ];
}
