import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { isIP, Socket } from 'node:net';
import { proxyFailures } from '../../../failures/proxy.ts';
import type { PeerWatch } from '../../../session/port/listen/waiting.ts';
import { drainClient } from '../clients/drain-client.ts';
import type { ProxyClient, Refusal } from '../clients/proxy-client.ts';
import { readAuthority, readDestination, type Destination } from '../rules/destination.ts';
import { createClientConnections } from './client-connections.ts';
import { forwardRequest, HTTP_HEAD_BYTES, writePage } from './forward-request.ts';
import { headerValues } from './hop-headers.ts';
import { pageBytes, refusalPage, textPage } from './http-page.ts';

/** Where the auto-configuration file is. */
export const PAC_PATH = '/proxy.pac';
const PAC_TYPE = 'application/x-ns-proxy-autoconfig';
const HTTP_PORT = 80;
const ESTABLISHED = 'HTTP/1.1 200 Connection established\r\n\r\n';

/** What clients that speak HTTP need. */
export interface HttpFrontOptions extends PeerWatch {
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
  // A client may end its sending direction after the request, as nc does.
  Object.assign(server, { httpAllowHalfOpen: true });
  const connections = createClientConnections(options);
  server.on('request', (incoming, response) => {
    connections.requested(incoming.socket, response, () =>
      serveRequest(incoming, response, options),
    );
  });
  server.on('connect', (incoming, socket, head) => {
    const answers = connections.release(socket);
    // The bytes of an answer before it, and those of the destination, would be mixed. A pair in memory is never served.
    if (answers?.length === 0 && socket instanceof Socket) {
      serveConnect(incoming, socket, head, options);
    } else {
      socket.destroy();
    }
  });
  server.on('clientError', (error, socket) => {
    const answers = connections.release(socket);
    // The page has been sent: what else comes is not parsed.
    if (answers === undefined) return;
    if (!socket.writable || answers.some(({ headersSent }) => headersSent)) {
      socket.destroy();
      return;
    }
    const isLong = 'code' in error && error.code === 'HPE_HEADER_OVERFLOW';
    const refusal = invalid(isLong ? 'its headers are too long' : 'it is not valid HTTP');
    socket.end(pageBytes({ ...refusalPage(refusal), status: isLong ? 431 : 400 }));
    drainClient(socket, options.clock);
  });
  return {
    serve(socket) {
      connections.add(socket);
      server.emit('connection', socket);
    },
  };
}

function serveConnect(
  { url = '' }: IncomingMessage,
  socket: Socket,
  head: Buffer,
  { clock, connect }: HttpFrontOptions,
): void {
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
    drainClient(socket, clock);
  } else connect(client, destination);
}

function serveRequest(
  incoming: IncomingMessage,
  response: ServerResponse,
  { connect, pacFile }: HttpFrontOptions,
): void {
  const { url = '', headers, rawHeaders } = incoming;
  const { host = '' } = headers;
  const proxy = url === PAC_PATH && incoming.method === 'GET' ? directName(host) : undefined;
  if (proxy !== undefined) {
    writePage(response, textPage(200, pacFile(proxy), PAC_TYPE));
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
 * Host and port of the proxy, if the client knows it by its address. Any other name may be one of a web page that has
 * pointed it here, and must not read which hosts there are.
 *
 * @param host - as the client has sent it: without a port for that of HTTP
 */
function directName(host: string): string | undefined {
  const [, name = '', port = HTTP_PORT] = /^(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(host) ?? [];
  const isDirect = name === 'localhost' || isIP(name.replace(/^\[(.*)\]$/, '$1')) !== 0;
  return isDirect ? `${name}:${port}` : undefined;
}
