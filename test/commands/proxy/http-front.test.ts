import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, it, type TestContext } from 'node:test';
import { createHttpFront } from '../../../src/commands/proxy/http/http-front.ts';
import { createDeferred } from '../../../src/lib/deferred.ts';
import type { Clock } from '../../../src/lib/clock.ts';
import type { LocalSocket } from '../../../src/session/port/connection/local-socket.ts';
import { until } from '../../session/port/support/local-programs.ts';
import { createVirtualClock } from '../../support/virtual-clock.ts';

/** The HTTP side of a proxy, with a destination that a test plays. @returns connects a client to it */
async function startFront(
  t: TestContext,
  destination: (socket: LocalSocket) => void,
  clock: Clock = createVirtualClock(),
  served: (socket: Socket) => void = () => undefined,
): Promise<() => Socket> {
  const clients = new Set<Socket>();
  const front = createHttpFront({
    clock,
    hasPeerClosed: () => Promise.resolve([...clients].every(({ destroyed }) => destroyed)),
    connect: ({ socket }) => destination(socket),
    pacFile: (proxy) => `PROXY ${proxy}`,
  });
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => undefined);
    served(socket);
    front.serve(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  return () => {
    const client = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    clients.add(client);
    client.on('error', () => undefined);
    t.after(() => client.destroy());
    return client;
  };
}

/** A destination that sends these bytes, whatever it is asked. */
const sends =
  (bytes: string) =>
  (socket: LocalSocket): void => {
    socket.resume();
    socket.write(bytes, 'latin1');
  };

const GET = 'GET http://one.internal/ HTTP/1.1\r\nConnection: close\r\n\r\n';

/** The proxy closes its connection to a client after this time (docs/design/limits.md#the-proxy). */
const REQUEST_TIMEOUT_MS = 30_000;
const CLOSE_TIMEOUT_MS = 5_000;
const HALF_CLOSED_TIMEOUT_MS = 60_000;
/** Between two checks of a client that has ended. */
const CHECK_MS = 1_000;

/** Ends it, too, when the proxy has. */
async function endOf(client: Socket): Promise<void> {
  const closed = createDeferred<undefined>();
  client.resume().on('end', () => client.end());
  client.once('close', () => closed.resolve(undefined));
  await closed.promise;
}

async function answerTo(client: Socket, request: string): Promise<string> {
  client.write(request, 'latin1');
  return text(client);
}

describe('the answer of a destination', { timeout: 10_000 }, () => {
  it('is replaced by a page when it is none that HTTP has', async (t) => {
    for (const line of ['099 X', '000 X', '101 Switching Protocols\r\nUpgrade: a', '101 X']) {
      const client = await startFront(t, sends(`HTTP/1.1 ${line}\r\n\r\nbody`));
      const answer = await answerTo(client(), GET);
      assert.match(answer, /^HTTP\/1\.1 502 [^]*one\.internal sent no valid HTTP response/, line);
    }
  });

  it('is passed on without the words of its status, which may have any bytes', async (t) => {
    const client = await startFront(
      t,
      sends('HTTP/1.1 404 a\x01\x1bb\r\nContent-Length: 4\r\n\r\nbody'),
    );
    assert.match(await answerTo(client(), GET), /^HTTP\/1\.1 404 Not Found\r\n[^]*\r\n\r\nbody$/);
  });

  it('is passed on with all its headers, however many there are', async (t) => {
    const many = 'a:b\r\n'.repeat(3000);
    const client = await startFront(
      t,
      sends(`HTTP/1.1 200 OK\r\n${many}Set-Cookie: last\r\nContent-Length: 4\r\n\r\nbody`),
    );
    assert.match(await answerTo(client(), GET), /Set-Cookie: last\r\n[^]*\r\n\r\nbody$/);
  });

  it('is not waited for after the client has closed', async (t) => {
    const taken = createDeferred<LocalSocket>();
    const start = await startFront(t, taken.resolve);
    const client = start();
    client.write(GET);
    const socket = await taken.promise;
    const closed = once(socket, 'close');
    client.destroy();
    await closed;
  });
});

describe('the auto-configuration file', { timeout: 10_000 }, () => {
  it('names the proxy as its client does, which leaves out the port of HTTP', async (t) => {
    const client = await startFront(t, (socket) => void socket.destroy());
    for (const [host, expected] of [
      ['127.0.0.1:8080', 'PROXY 127.0.0.1:8080'],
      ['127.0.0.1', 'PROXY 127.0.0.1:80'],
      ['[::1]', 'PROXY [::1]:80'],
      ['localhost', 'PROXY localhost:80'],
      ['attacker.example', 'This proxy'],
      ['::1', 'This proxy'],
      ['', 'This proxy'],
    ] as const) {
      const request = `GET /proxy.pac HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;
      const body = (await answerTo(client(), request)).split('\r\n').at(-1) ?? '';
      assert.ok(body.startsWith(expected), `${host}: ${body}`);
    }
  });
});

describe('a request with a body', { timeout: 10_000 }, () => {
  it('keeps its length, however many headers are before it', async (t) => {
    const received = createDeferred<string>();
    const client = await startFront(t, (socket) => {
      let bytes = '';
      socket.on('data', (chunk: Buffer) => {
        bytes += chunk.toString('latin1');
        if (bytes.endsWith('0\r\n\r\n') || /Content-Length: 0\r\n[^]*\r\n\r\n/.test(bytes)) {
          received.resolve(bytes);
        }
      });
    });
    client().write(
      `POST http://one.internal/ HTTP/1.1\r\n${'a:b\r\n'.repeat(3000)}Transfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n`,
    );
    assert.match(
      await received.promise,
      /Transfer-Encoding: chunked\r\n[^]*\r\n\r\n4\r\nbody\r\n0\r\n\r\n$/,
    );
  });
});

describe('a connection of an HTTP client', { timeout: 10_000 }, () => {
  const noDestination = (socket: LocalSocket): void => void socket.destroy();

  it('is closed when no whole request comes in time, also after the first', async (t) => {
    const clock = createVirtualClock();
    const body = sends('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody');
    const start = await startFront(t, body, clock);
    const slow = start();
    slow.write('GET http://one.internal/ HTTP/1.1\r\n');
    const again = start();
    again.write('GET http://one.internal/ HTTP/1.1\r\n\r\n');
    await once(again, 'data');
    again.write('GET /');
    await until(() => clock.pending === 2);
    clock.advance(REQUEST_TIMEOUT_MS);
    await Promise.all([endOf(slow), endOf(again)]);
    assert.equal(clock.pending, 0);
  });

  it('has time for an answer', async (t) => {
    const clock = createVirtualClock();
    const asked = createDeferred<LocalSocket>();
    const client = (await startFront(t, asked.resolve, clock))();
    client.write(GET);
    const socket = await asked.promise;
    clock.advance(10 * REQUEST_TIMEOUT_MS);
    sends('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody')(socket);
    assert.match(await text(client), /body$/);
  });

  for (const [what, request] of [
    ['no HTTP', 'GET / SSH\r\n\r\n'],
    ['CONNECT without a port', 'CONNECT one.internal HTTP/1.1\r\n\r\n'],
  ] as const) {
    it(`is closed after ${what}, also by a client that does not close it`, async (t) => {
      const clock = createVirtualClock();
      const served = createDeferred<Socket>();
      const client = (await startFront(t, noDestination, clock, served.resolve))();
      let answer = '';
      client.on('data', (bytes: Buffer) => (answer += bytes.toString()));
      client.write(request);
      await once(client, 'end');
      assert.match(answer, /^HTTP\/1\.1 400 /);
      assert.equal(clock.pending, 1);
      clock.advance(CLOSE_TIMEOUT_MS);
      assert.equal((await served.promise).destroyed, true);
      assert.equal(clock.pending, 0);
    });
  }

  it('gets the answer when it ends after its request, however long that takes', async (t) => {
    const clock = createVirtualClock();
    const asked = createDeferred<LocalSocket>();
    const client = (await startFront(t, asked.resolve, clock))();
    client.end('GET http://one.internal/ HTTP/1.1\r\n\r\n');
    const socket = await asked.promise;
    clock.advance(HALF_CLOSED_TIMEOUT_MS - CHECK_MS);
    sends('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody')(socket);
    assert.match(await text(client), /^HTTP\/1\.1 200 OK[^]*body$/);
    await until(() => clock.pending === 0);
  });

  it('is closed when it has ended, and nothing is written to it for a minute', async (t) => {
    const clock = createVirtualClock();
    const asked = createDeferred<LocalSocket>();
    const client = (await startFront(t, asked.resolve, clock))();
    client.end(GET);
    const socket = await asked.promise;
    const closed = once(socket, 'close');
    await until(() => clock.pending === 1);
    clock.advance(HALF_CLOSED_TIMEOUT_MS);
    await Promise.all([closed, endOf(client)]);
    assert.equal(clock.pending, 0);
  });

  it('is cut, and gets no page, when an answer has begun', async (t) => {
    const client = (await startFront(t, sends('HTTP/1.1 200 OK\r\nA: b\r\n\r\nstart')))();
    client.write('GET http://one.internal/ HTTP/1.1\r\n\r\n');
    let answer = '';
    while (!answer.includes('start')) answer += String((await once(client, 'data'))[0]);
    client.on('data', (more: Buffer) => (answer += more.toString()));
    client.write('\0\0\0');
    await endOf(client);
    assert.doesNotMatch(answer, /400/);
  });

  it('is cut when CONNECT comes before the answer to another request', async (t) => {
    let count = 0;
    const start = await startFront(t, (socket) => {
      count += 1;
      socket.resume();
    });
    const client = start();
    client.write(
      'GET http://one.internal/ HTTP/1.1\r\n\r\nCONNECT two.internal:1 HTTP/1.1\r\n\r\n',
    );
    await endOf(client);
    assert.equal(count, 1);
  });
});
