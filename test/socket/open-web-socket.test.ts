import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type Socket as NetSocket } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import type { Clock } from '../../src/lib/clock.ts';
import { createDeferred } from '../../src/lib/deferred.ts';
import { isSocketError, type SocketEvents } from '../../src/socket/socket.ts';
import {
  openWebSocket,
  type CreateConnection,
  type WebSocketRequest,
} from '../../src/socket/web-socket.ts';
import { listen } from '../network/local-server.ts';
import { createVirtualClock } from '../support/virtual-clock.ts';

const NO_EVENTS = {} as SocketEvents;
/** Of the virtual clock: longer than any test. */
const LIMIT_MS = 600_000;
const STEPS = 5;

/** A connection to a gateway that answers what the test writes. */
interface Connection {
  readonly client: NetSocket;
  /** The gateway's end; the request has arrived. */
  readonly gateway: NetSocket;
}

/** Listens for one connection, and connects as the network of the program does: later. */
async function startGateway(t: TestContext): Promise<{
  readonly createConnection: CreateConnection;
  readonly requested: Promise<Connection>;
}> {
  const server = createServer();
  const port = await listen(t, server);
  const accepted = once(server, 'connection') as Promise<[NetSocket]>;
  const { promise: begun, resolve: begin } = createDeferred<NetSocket>();
  const requested = accepted.then(async ([gateway]) => {
    gateway.on('error', () => undefined);
    await once(gateway, 'data');
    return { client: await begun, gateway };
  });
  return {
    createConnection: (_target, connected) => {
      const client = connect(port, '127.0.0.1', () => connected(null, client));
      begin(client);
      return undefined;
    },
    requested,
  };
}

function requestTo(
  t: TestContext,
  clock: Clock,
  createConnection: CreateConnection,
): WebSocketRequest {
  const url = 'ws://gateway.example/';
  return { url, headers: {}, clock, timeoutMs: LIMIT_MS, createConnection, signal: t.signal };
}

function isTimeout(error: unknown): boolean {
  return isSocketError(error) && error.reason === 'timeout';
}

describe('opening a WebSocket', { timeout: 60_000 }, () => {
  it('gives up when the upgrade is not answered in time', async (t) => {
    const { createConnection, requested } = await startGateway(t);
    const clock = createVirtualClock();
    const opening = openWebSocket(requestTo(t, clock, createConnection), NO_EVENTS);
    const { gateway } = await requested;
    clock.advance(LIMIT_MS);
    await assert.rejects(opening, isTimeout);
    if (!gateway.closed) await once(gateway, 'close');
    assert.equal(clock.pending, 0);
  });

  it('gives up at the same time when the answer comes byte by byte', async (t) => {
    const { createConnection, requested } = await startGateway(t);
    const clock = createVirtualClock();
    const opening = openWebSocket(requestTo(t, clock, createConnection), NO_EVENTS);
    const { client, gateway } = await requested;
    gateway.write('HTTP/1.1 101 Switching Protocols\r\nSlow: ');
    for (let step = 0; step < STEPS; step++) {
      const read = once(client, 'data');
      gateway.write('x');
      await read;
      clock.advance(LIMIT_MS / STEPS);
    }
    await assert.rejects(opening, isTimeout);
    if (!gateway.closed) await once(gateway, 'close');
  });

  it('fails with the error of its connection', async (t) => {
    const failure = new Error('no route');
    const clock = createVirtualClock();
    const createConnection: CreateConnection = (_target, connected) => {
      queueMicrotask(() => connected(failure));
      return undefined;
    };
    await assert.rejects(
      openWebSocket(requestTo(t, clock, createConnection), NO_EVENTS),
      (error) => isSocketError(error) && error.reason === 'refused',
    );
    assert.equal(clock.pending, 0);
  });
});
