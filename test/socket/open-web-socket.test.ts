import assert from 'node:assert/strict';
import { connect, createServer } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { isSocketError, type SocketEvents } from '../../src/socket/socket.ts';
import { openWebSocket, type CreateConnection } from '../../src/socket/web-socket.ts';
import { listen } from '../network/local-server.ts';

const NO_EVENTS = {} as SocketEvents;
const SHORT_MS = 20;
const LONG_MS = 60_000;

/** Accepts connections and never answers. @returns its port */
function startHungGateway(t: TestContext): Promise<number> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    // So that it sees the end of the connection.
    socket.resume();
  });
  return listen(t, server);
}

/** Connects as the network of the program does: later, and to where the test wants. */
function connectionTo(port: number): CreateConnection {
  return (_target, connected) => {
    const socket = connect(port, '127.0.0.1', () => connected(null, socket));
    return undefined;
  };
}

describe('opening a WebSocket', () => {
  it('gives up when the upgrade is not answered in time', async (t) => {
    const port = await startHungGateway(t);
    const request = {
      url: 'ws://gateway.example/',
      headers: {},
      timeoutMs: SHORT_MS,
      createConnection: connectionTo(port),
      signal: t.signal,
    };
    await assert.rejects(
      openWebSocket(request, NO_EVENTS),
      (error) => isSocketError(error) && error.reason === 'timeout',
    );
  });

  it('fails with the error of its connection', async (t) => {
    const failure = new Error('no route');
    const request = {
      url: 'ws://gateway.example/',
      headers: {},
      timeoutMs: LONG_MS,
      createConnection: ((_target, connected) => {
        queueMicrotask(() => connected(failure));
        return undefined;
      }) satisfies CreateConnection,
      signal: t.signal,
    };
    await assert.rejects(
      openWebSocket(request, NO_EVENTS),
      (error) => isSocketError(error) && error.reason === 'refused',
    );
  });
});
