import { connectionProblem } from '../failures/connection-failure.ts';
import { gatewayStatusFailure } from '../failures/gateway-status.ts';
import { sessionFailures } from '../failures/session.ts';
import type { Duplex } from 'node:stream';
import type { RawData, WebSocket } from 'ws';
import type { Clock } from '../lib/clock.ts';
import { familyOf } from '../lib/errors/program-error.ts';
import { printable } from '../lib/printable.ts';
import { loadWebSockets } from './client-web-socket.ts';
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
import { requestUpgrade } from './upgrade/upgrade.ts';

/** What `ws` reports when no close frame came (RFC 6455, section 7.1.5). */
const ABNORMAL_CLOSURE = 1006;

/** Where to connect. */
interface ConnectionAddress {
  /** As in `URL.hostname`. */
  readonly host: string;
  /** Undefined for the one of the protocol. */
  readonly port: number | undefined;
}

/** Opens the connection of one request. */
export type CreateConnection = (
  address: ConnectionAddress,
  connected: (error: Error | null, stream?: Duplex) => void,
) => undefined;

/** A {@link SocketRequest}, and how it is sent. */
export interface WebSocketRequest extends SocketRequest {
  /** Headers of the upgrade request. They hold signatures: never log them. */
  readonly headers: Readonly<Record<string, string>>;
  /** For the time limit. */
  readonly clock: Clock;
  /** Opens the connection below it. */
  readonly createConnection: CreateConnection;
}

/** A WebSocket that is open. */
interface Connection {
  readonly webSocket: WebSocket;
  /** The network connection below it. */
  readonly network: Duplex;
  /** Names it in errors. */
  readonly host: string;
  /** `closed-here`: this side has closed it, and no event follows. */
  state: 'open' | 'closed-here';
  /** The first error, if there was one. */
  failure: Error | undefined;
}

/** Opens WebSockets: own code asks the gateway for them, and the library `ws` reads and writes their frames. */
export const openWebSocket: OpenSocket<WebSocketRequest> = async (request, events) => {
  request.signal.throwIfAborted();
  return opening(request, new URL(request.url), events);
};

/** Resolves when the socket is open; rejects when it cannot be opened, and its connection is destroyed. */
function opening(request: WebSocketRequest, url: URL, events: SocketEvents): Promise<Socket> {
  const { host } = url;
  return new Promise((resolve, reject) => {
    let network: Duplex | undefined;
    let isSettled = false;
    const settle = (): void => {
      isSettled = true;
      limit.cancel();
      request.signal.removeEventListener('abort', abort);
    };
    const fail = (failure: Error | undefined): void => {
      if (isSettled) return;
      settle();
      if (network !== undefined) discard(network);
      reject(asSocketError(failure, host));
    };
    const abort = (): void => fail(new SocketError(sessionFailures['connection-canceled'](host)));
    // A limit of the connection itself would begin again with each byte that arrives.
    const limit = request.clock.after(request.timeoutMs, () =>
      fail(new SocketError(sessionFailures['gateway-timeout'](host))),
    );
    request.signal.addEventListener('abort', abort, { once: true });
    const upgraded = (connection: Duplex, webSocket: WebSocket): void => {
      settle();
      resolve(watch(request, { webSocket, network: connection, host }, events));
    };
    request.createConnection(addressOf(url), (error, connection) => {
      if (connection === undefined) {
        fail(error ?? undefined);
        return;
      }
      if (isSettled) {
        discard(connection);
        return;
      }
      network = connection;
      const { headers } = request;
      requestUpgrade({ url, headers, connection, prepare: loadWebSockets }, (outcome) => {
        if (isSettled) return;
        if (outcome.kind === 'upgraded') {
          upgraded(connection, outcome.prepared(connection, outcome.head));
        } else {
          fail(outcome.kind === 'failed' ? outcome.error : refusal(host, outcome.status));
        }
      });
    });
  });
}

function addressOf({ hostname, port }: URL): ConnectionAddress {
  return { host: hostname, port: port === '' ? undefined : Number(port) };
}

/** Nothing that happens to it matters any more. */
function discard(connection: Duplex): void {
  connection.on('error', () => undefined).destroy();
}

function refusal(host: string, status: number): SocketError {
  return new SocketError(gatewayStatusFailure(host, status), status);
}

/** Uses an open WebSocket. */
function watch(
  { stallTimeoutMs = STALL_TIMEOUT_MS }: WebSocketRequest,
  open: Pick<Connection, 'webSocket' | 'network' | 'host'>,
  events: SocketEvents,
): Socket {
  const connection: Connection = { ...open, state: 'open', failure: undefined };
  const { webSocket } = connection;
  webSocket.on('error', (error) => {
    connection.failure ??= error;
  });
  webSocket.on('close', (code, reason) => {
    if (connection.state !== 'open') return;
    events.lost(connection.failure?.message ?? closeReason(code, reason));
  });
  forwardMessages(connection, events);
  return wrap(connection, stallTimeoutMs, events);
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
