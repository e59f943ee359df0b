import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer as createHttpsServer } from 'node:https';
import { createServer, type Socket as NetSocket } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import {
  openGatewaySocket,
  type GatewayOptions,
} from '../../../../src/cli/run/gateway/gateway-socket.ts';
import { systemClock } from '../../../../src/lib/clock.ts';
import { isSocketError, type Socket, type SocketEvents } from '../../../../src/socket/socket.ts';
import { openWebSocket, type WebSocketRequest } from '../../../../src/socket/web-socket.ts';
import { createAuthority } from '../../../network/certificate-authority.ts';
import { listen, NOT_LOOPBACK } from '../../../network/local-server.ts';
import { networkFor } from '../../../network/test-network.ts';
import { needs } from '../../../support/require-tools.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';
import { OPENSSL } from '../../../support/tools.ts';

const STREAM_URL = 'wss://ssmmessages.eu-west-1.amazonaws.com/v1/data-channel/user-0123';
/** Longer than any test. */
const LONG_MS = 60_000;
const socket = {} as Socket;
const events = {} as SocketEvents;

/** Opens sockets that a test sees the requests of. Each signature has a number. */
function gateway(t: TestContext): {
  readonly requests: WebSocketRequest[];
  readonly options: GatewayOptions;
} {
  const requests: WebSocketRequest[] = [];
  let signatures = 0;
  return {
    requests,
    options: {
      network: networkFor(t, {}),
      clock: systemClock,
      signUpgrade: (url) =>
        Promise.resolve({ authorization: `signature ${++signatures} of ${url}` }),
      openWebSocket: (request) => {
        requests.push(request);
        return Promise.resolve(socket);
      },
    },
  };
}

describe('a socket to the message gateway', () => {
  it('is signed anew at each attempt', async (t) => {
    const { requests, options } = gateway(t);
    const open = openGatewaySocket(options);
    const { signal } = new AbortController();
    for (const url of [STREAM_URL, `${STREAM_URL}-resumed`]) {
      assert.equal(await open({ url, timeoutMs: 1, signal }, events), socket);
    }
    assert.deepEqual(
      requests.map(({ headers }) => headers),
      [
        { authorization: `signature 1 of ${STREAM_URL}` },
        { authorization: `signature 2 of ${STREAM_URL}-resumed` },
      ],
    );
  });

  it('is not opened without TLS to another machine', async (t) => {
    const { requests, options } = gateway(t);
    const { signal } = new AbortController();
    await assert.rejects(
      openGatewaySocket(options)({ url: 'ws://example.com/', timeoutMs: 1, signal }, events),
      (error) => isSocketError(error) && error.reason === 'insecure',
    );
    assert.deepEqual(requests, []);
  });

  it(
    'is stopped while its connection is pending, which is closed when it opens',
    needs(OPENSSL),
    async (t) => {
      const authority = createAuthority(temporaryDirectory(t), 'Private Test Root');
      const { key, cert } = authority.issue([`IP:${NOT_LOOPBACK}`]);
      const gatewayServer = createHttpsServer({ key, cert });
      const requests: unknown[] = [];
      gatewayServer.on('upgrade', (request) => requests.push(request));
      const closed = new Promise<unknown>((resolve) => {
        gatewayServer.once('tlsClientError', resolve);
        gatewayServer.once('secureConnection', (secure) => secure.once('close', resolve));
      });
      // The handshake is answered when the test wants.
      const slowServer = createServer();
      const connected = once(slowServer, 'connection') as Promise<[NetSocket]>;
      const port = await listen(t, slowServer);
      const open = openGatewaySocket({
        clock: systemClock,
        network: networkFor(t, { env: { AWS_CA_BUNDLE: authority.file } }),
        signUpgrade: () => Promise.resolve({}),
        openWebSocket,
      });
      const stop = new AbortController();
      const url = `wss://${NOT_LOOPBACK}:${port}/`;
      const opening = open({ url, timeoutMs: LONG_MS, signal: stop.signal }, events);
      const [connection] = await connected;
      stop.abort();
      await assert.rejects(opening, (error) => isSocketError(error) && error.reason === 'aborted');
      gatewayServer.emit('connection', connection);
      await closed;
      assert.deepEqual(requests, []);
    },
  );
});
