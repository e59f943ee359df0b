import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket as NetSocket } from 'node:net';
import { Duplex } from 'node:stream';
import { describe, it, type TestContext } from 'node:test';
import type { WebSocket } from 'ws';
import { systemClock } from '../../src/lib/clock.ts';
import { openWebSocket } from '../../src/socket/web-socket.ts';
import { startWebSocketServer } from '../support/web-socket-server.ts';

interface Piece {
  readonly chunk: Buffer;
}

/** A connection that notes how many bytes each write passes to the system. */
class NotedConnection extends Duplex {
  readonly writes: number[] = [];
  readonly #network: NetSocket;

  constructor(network: NetSocket) {
    super();
    this.#network = network;
    network.on('data', (chunk) => this.push(chunk));
    network.on('close', () => this.destroy());
  }

  override _read(): void {
    // Everything is pushed as it comes.
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this._writev([{ chunk }], done);
  }

  override _writev(pieces: readonly Piece[], done: () => void): void {
    const joined = Buffer.concat(pieces.map(({ chunk }) => chunk));
    this.writes.push(joined.length);
    this.#network.write(joined, () => done());
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#network.destroy();
    done(error);
  }
}

async function open(t: TestContext): Promise<{
  readonly socket: Awaited<ReturnType<typeof openWebSocket>>;
  readonly gateway: WebSocket;
  readonly connection: NotedConnection;
}> {
  const { server, host } = await startWebSocketServer(t);
  const connected = once(server, 'connection') as Promise<[WebSocket]>;
  const connection = new NotedConnection(connect(Number(host.split(':').at(-1)), '127.0.0.1'));
  const socket = await openWebSocket(
    {
      url: `ws://${host}/`,
      headers: {},
      clock: systemClock,
      timeoutMs: 10_000,
      createConnection: (_target, ready) => {
        queueMicrotask(() => ready(null, connection));
        return undefined;
      },
      signal: t.signal,
    },
    {
      frame: () => undefined,
      pong: () => undefined,
      readingChanged: () => undefined,
      lost: () => undefined,
    },
  );
  t.after(() => socket.destroy());
  const [gateway] = await connected;
  return { socket, gateway, connection };
}

describe('the frames that are sent in one turn of the event loop', { timeout: 60_000 }, () => {
  it('leave in one write', async (t) => {
    const { socket, gateway, connection } = await open(t);
    const received: unknown[] = [];
    const all = new Promise<void>((resolve) => {
      gateway.on('message', (data: Buffer) => {
        if (received.push(data.length) === 8) resolve();
      });
    });
    connection.writes.length = 0;
    for (let i = 0; i < 8; i++) socket.send(Buffer.alloc(300));
    await all;
    assert.deepEqual(
      received,
      Array.from({ length: 8 }, () => 300),
    );
    assert.equal(connection.writes.length, 1);
  });
});
