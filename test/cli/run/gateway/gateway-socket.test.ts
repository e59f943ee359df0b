import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import {
  openGatewaySocket,
  type GatewayOptions,
} from '../../../../src/cli/run/gateway/gateway-socket.ts';
import { isSocketError, type Socket, type SocketEvents } from '../../../../src/socket/socket.ts';
import type { WebSocketRequest } from '../../../../src/socket/web-socket.ts';
import { networkFor } from '../../../network/test-network.ts';

const STREAM_URL = 'wss://ssmmessages.eu-west-1.amazonaws.com/v1/data-channel/user-0123';
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
});
