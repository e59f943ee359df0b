import { request, type IncomingMessage, type ServerResponse } from 'node:http';
import { pipeline } from 'node:stream';
import { proxyFailures } from '../../../failures/proxy.ts';
import type { ProxyClient, Refusal } from '../clients/proxy-client.ts';
import { endToEndHeaders } from './hop-headers.ts';
import { refusalPage, type HttpPage } from './http-page.ts';
import { createSocketPair } from './socket-pair.ts';

/** Bytes of the headers of a request or a response: cookies and tokens of corporate sign-ins are long. */
export const HTTP_HEAD_BYTES = 64 * 1024;

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
  outgoing.on('response', (answer) => {
    const { statusCode = 502, statusMessage } = answer;
    response.sendDate = false;
    response.writeHead(statusCode, statusMessage, [...endToEndHeaders(answer.rawHeaders)]);
    // A body that is cut off is cut off for the client, too.
    pipeline(answer, response, () => undefined);
  });
  outgoing.on('error', () => {
    if (response.headersSent) response.destroy();
    else writePage(response, refusalPage(refusal ?? { ...noAnswer(url.host), kind: 'failed' }));
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

/** Answers with a page. */
export function writePage(response: ServerResponse, { status, headers, body }: HttpPage): void {
  response.writeHead(status, headers).end(body);
}

function noAnswer(host: string): Omit<Refusal, 'kind'> {
  return proxyFailures['proxy-answer-invalid'](host);
}

function requestHeaders({ rawHeaders, headers }: IncomingMessage, host: string): string[] {
  const isChunked = headers['transfer-encoding'] !== undefined;
  const hasLength = headers['content-length'] !== undefined;
  const body = isChunked ? ['Transfer-Encoding', 'chunked'] : ['Content-Length', '0'];
  return [
    ...['Host', host],
    ...endToEndHeaders(rawHeaders, ['host', 'expect']),
    ...(hasLength ? [] : body),
    ...['Connection', 'close'],
  ];
}
