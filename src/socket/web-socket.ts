import { connectionProblem } from '../failures/connection-failure.ts';
import { gatewayStatusFailure } from '../failures/gateway-status.ts';
import { sessionFailures } from '../failures/session.ts';
import type { ClientRequestArgs } from 'node:http';
import type { Socket as NetSocket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { ClientOptions, RawData, WebSocket } from 'ws';
import type { Clock } from '../lib/clock.ts';
import { familyOf } from '../lib/errors/program-error.ts';
import { printable } from '../lib/printable.ts';
import { wrapWebSocket } from './opened-socket.ts';
import { createCollector, limitGarbage } from './received-garbage.ts';
import {
  isSocketError,
  SocketError,
  type OpenSocket,
  type Socket,
  type SocketEvents,
  type SocketRequest,
} from './socket.ts';
import { STALL_TIMEOUT_MS } from './unsent-limit.ts';

/** Far above any message of the protocol, which is a few KiB; a longer one is an attack or an error. */
const MAX_FRAME_BYTES = 1024 * 1024;
/** What `ws` reports when no close frame came (RFC 6455, section 7.1.5). */
const ABNORMAL_CLOSURE = 1006;
/** Reads of the network for one message: each read costs some hundred bytes of memory. */
const MAX_READS_PER_FRAME = 16 * 1024;

/** Opens the connection of one request. Without an agent, less is loaded and done at the start. */
export type CreateConnection = (
  target: Pick<ClientRequestArgs, 'host' | 'port'>,
  connected: (error: Error | null, stream?: Duplex) => void,
) => undefined;

/** A {@link SocketRequest}, and how it is sent. */
export interface WebSocketRequest extends SocketRequest {
  /** Headers of the upgrade request. They hold signatures: never log them. */
  readonly headers: Readonly<Record<string, string>>;
  /** For the time limit. */
  readonly clock: Clock;
  /** Opens the connection below it; by default a direct one that trusts the roots of Node.js. */
  readonly createConnection?: CreateConnection | undefined;
}

/** A WebSocket from the first attempt to connect. */
interface Connection {
  readonly webSocket: WebSocket;
  /** Names it in errors. */
  readonly host: string;
  /** `closed-here`: this side has closed it, and no event follows. */
  state: 'connecting' | 'open' | 'closed-here';
  /** The first error, if there was one. */
  failure: Error | undefined;
  /** Known once the upgrade is answered. */
  network: NetSocket | undefined;
}

/**
 * Opens WebSockets with the `ws` library. The first call loads it, because a run without arguments
 * does not need it.
 */
export const openWebSocket: OpenSocket<WebSocketRequest> = async (request, events) => {
  const { default: WebSocket } = await import('ws');
  request.signal.throwIfAborted();
  const connection: Connection = {
    webSocket: new WebSocket(request.url, clientOptionsOf(request)),
    host: new URL(request.url).host,
    state: 'connecting',
    failure: undefined,
    network: undefined,
  };
  recordFailures(connection);
  forwardMessages(connection, events);
  return opening(connection, request, events);
};

function clientOptionsOf(request: WebSocketRequest): ClientOptions {
  return {
    headers: request.headers,
    // Payloads are encrypted or short: compressing each frame would cost time and save nothing.
    perMessageDeflate: false,
    maxPayload: MAX_FRAME_BYTES,
    maxBufferedChunks: MAX_READS_PER_FRAME,
    // The environment must never turn this off.
    rejectUnauthorized: true,
    // `ws` passes it to `http.request`; its types know only functions that return a socket.
    createConnection: request.createConnection as ClientOptions['createConnection'],
  };
}

/** Resolves when the socket is open; rejects when it is closed before. */
function opening(
  connection: Connection,
  request: WebSocketRequest,
  events: SocketEvents,
): Promise<Socket> {
  const { webSocket, host } = connection;
  return new Promise((resolve, reject) => {
    const stop = (failure: SocketError): void => {
      connection.failure = failure;
      webSocket.terminate();
    };
    const abort = (): void => stop(new SocketError(sessionFailures['connection-canceled'](host)));
    // A limit of `http.request` or `ws` begins again with each byte that arrives.
    const limit = request.clock.after(request.timeoutMs, () =>
      stop(new SocketError(sessionFailures['gateway-timeout'](host))),
    );
    const settled = (): void => {
      limit.cancel();
      request.signal.removeEventListener('abort', abort);
    };
    request.signal.addEventListener('abort', abort, { once: true });
    webSocket.on('open', () => {
      connection.state = 'open';
      settled();
      resolve(wrap(connection, request.stallTimeoutMs ?? STALL_TIMEOUT_MS, events));
    });
    webSocket.on('close', (code, reason) => {
      settled();
      const { state, failure } = connection;
      if (state === 'open') {
        events.lost(failure === undefined ? closeReason(code, reason) : failure.message);
      } else if (state === 'connecting') {
        reject(asSocketError(failure, host));
      }
    });
  });
}

function wrap(connection: Connection, stallTimeoutMs: number, events: SocketEvents): Socket {
  const { webSocket, network, host } = connection;
  return wrapWebSocket(
    { webSocket, network, stallTimeoutMs },
    {
      closedHere() {
        connection.state = 'closed-here';
      },
      stalled() {
        connection.failure ??= new SocketError(sessionFailures['gateway-stalled'](host));
      },
      readingChanged(isReading) {
        if (connection.state === 'open') events.readingChanged(isReading);
      },
    },
  );
}

function recordFailures(connection: Connection): void {
  const { webSocket, host } = connection;
  webSocket.on('upgrade', (response) => {
    connection.network = response.socket;
  });
  webSocket.on('unexpected-response', (_request, response) => {
    const status = response.statusCode ?? 0;
    connection.failure = new SocketError(gatewayStatusFailure(host, status), status);
    response.destroy();
    webSocket.terminate();
  });
  webSocket.on('error', (error) => {
    connection.failure ??= error;
  });
}

function forwardMessages(connection: Connection, events: SocketEvents): void {
  const { webSocket } = connection;
  const countGarbage = limitGarbage(createCollector());
  webSocket.on('message', (data: RawData, isBinary: boolean) => {
    // The service sends binary frames. `ws` passes each as one Buffer.
    if (!isBinary || !Buffer.isBuffer(data)) return;
    if (connection.state !== 'closed-here') events.frame(data);
    countGarbage(data);
  });
  webSocket.on('pong', () => {
    if (connection.state !== 'closed-here') events.pong();
  });
}

/** For the log, and for a session that cannot be resumed. */
function closeReason(code: number, reason: Buffer): string {
  const text = printable(reason.toString('utf8'));
  if (text === '' && code === ABNORMAL_CLOSURE) return 'the connection broke off';
  return `the gateway closed the connection (${text === '' ? `status ${code}` : text})`;
}

function asSocketError(failure: Error | undefined, host: string): Error {
  if (failure === undefined) return new SocketError(sessionFailures['gateway-closed'](host));
  // The error of a proxy or of TLS is more precise than the one of this layer.
  if (isSocketError(failure) || familyOf(failure) === 'network') return failure;
  return new SocketError(sessionFailures['gateway-refused'](host, connectionProblem(failure)));
}
