import { STATUS_CODES, type IncomingMessage, type Server } from 'node:http';
import type { Server as SecureServer } from 'node:https';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type RawData, type WebSocket } from 'ws';
import { stringMember } from '../../../src/lib/json.ts';
import { parseJsonPayload } from '../../../src/protocol/json-payload.ts';
import { ProtocolError } from '../../../src/protocol/protocol-error.ts';
import { accessKeyIdOf } from '../api/answers/json-request.ts';
import type { ConnectionRecord } from '../session/session-record.ts';

/** How the gateway treats upgrade requests of a session. */
export type GatewayState =
  /** Normally. */
  | 'up'
  /** Answers with HTTP status 503. */
  | 'unavailable'
  /** Closes the connection without an answer. */
  | 'down'
  /** Takes the connection and never answers. */
  | 'silent'
  /** Answers with this HTTP status. */
  | number;

/** What the gateway needs of a session. */
export interface GatewaySession {
  readonly gatewayState: GatewayState;
  isTokenValid(token: string): boolean;
  /** A client has opened a WebSocket and sent its first message. */
  opened(record: ConnectionRecord, webSocket: WebSocket, network: Duplex): void;
}

/** The path of a stream URL, up to the session's id. */
export const DATA_CHANNEL_PATH = '/v1/data-channel/';

/** Close code for a first frame that is not what it must be (RFC 6455, section 7.4.1). */
const POLICY_VIOLATION = 1008;

/** What the gateway needs of the service. */
export interface GatewayBackend {
  /** The session with this id. */
  readonly find: (sessionId: string) => GatewaySession | undefined;
  /** Whether the caller of a signed request may open the channel of a session. */
  readonly mayOpen: (sessionId: string, accessKeyId: string) => boolean;
}

/** The WebSocket part of the service. */
export interface Gateway {
  /** Tears down every connection. */
  close(): void;
}

/**
 * Answers upgrade requests on a server. One without a signature needs no permission: programs that
 * sign nothing still connect.
 */
export function attachGateway(
  server: Server | SecureServer,
  { find, mayOpen }: GatewayBackend,
): Gateway {
  const webSockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    // Frames of any size.
    maxPayload: 0,
  });
  const networks = new Set<Duplex>();

  server.on('upgrade', (request: IncomingMessage, network: Duplex, head: Buffer) => {
    networks.add(network);
    network.on('close', () => networks.delete(network));
    network.on('error', () => network.destroy());
    const sessionId = sessionIdOf(request.url ?? '');
    const session = find(sessionId);
    if (session === undefined) {
      answer(network, '404 Not Found');
      return;
    }
    const accessKeyId = accessKeyIdOf(request);
    if (accessKeyId !== '' && !mayOpen(sessionId, accessKeyId)) {
      answer(network, '403 Forbidden');
      return;
    }
    const { gatewayState } = session;
    if (typeof gatewayState === 'number') {
      answer(network, `${gatewayState} ${STATUS_CODES[gatewayState] ?? ''}`);
      return;
    }
    switch (gatewayState) {
      case 'unavailable':
        answer(network, '503 Service Unavailable');
        return;
      case 'down':
        network.destroy();
        return;
      case 'silent':
        return;
      case 'up':
        webSockets.handleUpgrade(request, network, head, (webSocket) =>
          awaitFirstFrame(request, webSocket, network, session),
        );
    }
  });
  return {
    close() {
      for (const network of networks) network.destroy();
      webSockets.close();
    },
  };
}

function sessionIdOf(url: string): string {
  const path = url.split('?')[0] ?? '';
  return path.startsWith(DATA_CHANNEL_PATH)
    ? decodeURIComponent(path.slice(DATA_CHANNEL_PATH.length))
    : '';
}

function answer(network: Duplex, status: string): void {
  network.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

function awaitFirstFrame(
  request: IncomingMessage,
  webSocket: WebSocket,
  network: Duplex,
  session: GatewaySession,
): void {
  // Broken frames close the WebSocket, which is all that there is to do about them.
  webSocket.on('error', () => undefined);
  webSocket.once('message', (data: RawData, isBinary: boolean) => {
    if (isBinary || !Buffer.isBuffer(data)) {
      webSocket.close(POLICY_VIOLATION, 'the first frame must be text');
      return;
    }
    try {
      const content = parseJsonPayload(data, 'first frame');
      const accepted = session.isTokenValid(stringMember(content, 'TokenValue'));
      const record: ConnectionRecord = {
        url: request.url ?? '',
        headers: request.headers,
        clientId: stringMember(content, 'ClientId'),
        clientVersion: stringMember(content, 'ClientVersion'),
        requestId: stringMember(content, 'RequestId'),
        accepted,
      };
      session.opened(record, webSocket, network);
      if (!accepted) webSocket.close(POLICY_VIOLATION, 'invalid token');
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      webSocket.close(POLICY_VIOLATION, error.message);
    }
  });
}
