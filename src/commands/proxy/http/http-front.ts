import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { isIP, Socket } from 'node:net';
import { proxyFailures } from '../../../failures/proxy.ts';
import type { ProxyClient, Refusal } from '../clients/proxy-client.ts';
import { readAuthority, readDestination, type Destination } from '../rules/destination.ts';
import { forwardRequest, HTTP_HEAD_BYTES, writePage } from './forward-request.ts';
import { headerValues } from './hop-headers.ts';
import { pageBytes, refusalPage, textPage } from './http-page.ts';

/** Where the auto-configuration file is. */
export const PAC_PATH = '/proxy.pac';
const PAC_TYPE = 'application/x-ns-proxy-autoconfig';
const HTTP_PORT = 80;
const ESTABLISHED = 'HTTP/1.1 200 Connection established\r\n\r\n';

/** What clients that speak HTTP need. */
export interface HttpFrontOptions {
  readonly connect: (client: ProxyClient, destination: Destination) => void;
  /** @param proxy - host and port, as the client names the proxy */
  readonly pacFile: (proxy: string) => string;
}

/** Serves clients that speak HTTP. Node.js parses what they send: strictly, and up to a limit. */
export interface HttpFront {
  /** Takes over a connection. */
  serve(socket: Socket): void;
}

/** A front without clients. */
export function createHttpFront(options: HttpFrontOptions): HttpFront {
  const server = createServer({
    maxHeaderSize: HTTP_HEAD_BYTES,
    // A client of the proxy may leave it out; the URL counts.
    requireHostHeader: false,
  });
  // The size is limited, not the number: a header that is not seen could be the length of the body.
  server.maxHeadersCount = 0;
  server.on('request', (incoming, response) => serveRequest(incoming, response, options));
  server.on('connect', (incoming, socket, head) => serveConnect(incoming, socket, head, options));
  server.on('clientError', (error, socket) => {
    if (!socket.writable) return;
    const isLong = 'code' in error && error.code === 'HPE_HEADER_OVERFLOW';
    const refusal = invalid(isLong ? 'its headers are too long' : 'it is not valid HTTP');
    socket.end(pageBytes({ ...refusalPage(refusal), status: isLong ? 431 : 400 }));
  });
  return { serve: (socket) => void server.emit('connection', socket) };
}

function serveConnect(
  { url = '' }: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  { connect }: HttpFrontOptions,
): void {
  // It is the connection that was given to the server.
  if (!(socket instanceof Socket)) throw new TypeError('a connection of the proxy is no socket');
  const destination = readAuthority(url);
  if (head.length > 0) socket.unshift(head);
  const client: ProxyClient = {
    socket,
    accept: () => void socket.write(ESTABLISHED),
    refuse: (refusal) => void socket.end(pageBytes(refusalPage(refusal))),
    reset: () => void socket.resetAndDestroy(),
  };
  if (destination === undefined) {
    const page = refusalPage(invalid('CONNECT needs a host and a port'));
    socket.end(pageBytes({ ...page, status: 400 }));
    socket.resume();
  } else connect(client, destination);
}

function serveRequest(
  incoming: IncomingMessage,
  response: ServerResponse,
  { connect, pacFile }: HttpFrontOptions,
): void {
  const { url = '', headers, rawHeaders } = incoming;
  const { host = '' } = headers;
  if (url === PAC_PATH && incoming.method === 'GET' && isDirectName(host)) {
    writePage(response, textPage(200, pacFile(host), PAC_TYPE));
    return;
  }
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  const destination = parsed?.protocol === 'http:' ? destinationOf(parsed) : undefined;
  const encodings = headerValues(rawHeaders, 'transfer-encoding');
  if (parsed === undefined || destination === undefined) {
    refuseRequest(response, 'it needs a URL that begins with http://, or CONNECT');
  } else if (encodings.some((one) => one.toLowerCase() !== 'chunked')) {
    refuseRequest(response, 'of the transfer encodings, only chunked is supported');
  } else {
    forwardRequest(incoming, response, parsed, (client) => connect(client, destination));
  }
}

function destinationOf({ hostname, port }: URL): Destination | undefined {
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  return readDestination(host, port === '' ? HTTP_PORT : Number(port));
}

function refuseRequest(response: ServerResponse, why: string): void {
  writePage(response, { ...refusalPage(invalid(why)), status: 400 });
}

function invalid(why: string): Refusal {
  return { ...proxyFailures['proxy-request-invalid'](why), kind: 'failed' };
}

/**
 * Whether the client knows the proxy by its address. Any other name may be one of a web page that has pointed it
 * here, and must not read which hosts there are.
 */
function isDirectName(host: string): boolean {
  const name = /^(.*):\d+$/.exec(host)?.[1] ?? '';
  return name === 'localhost' || isIP(name.replace(/^\[(.*)\]$/, '$1')) !== 0;
}
