import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, it, type TestContext } from 'node:test';
import { createHttpFront } from '../../../src/commands/proxy/http/http-front.ts';
import { createDeferred } from '../../../src/lib/deferred.ts';
import type { LocalSocket } from '../../../src/session/port/connection/local-socket.ts';

/** The HTTP side of a proxy, with a destination that a test plays. @returns connects a client to it */
async function startFront(
  t: TestContext,
  destination: (socket: LocalSocket) => void,
): Promise<() => Socket> {
  const front = createHttpFront({
    connect: ({ socket }) => destination(socket),
    pacFile: () => '',
  });
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => undefined);
    front.serve(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  return () => {
    const client = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
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

async function answerTo(client: Socket, request: string): Promise<string> {
  client.write(request, 'latin1');
  return text(client);
}

describe('the answer of a destination', { timeout: 30_000 }, () => {
  it('is replaced by a page when it is none that HTTP has', async (t) => {
    for (const line of ['099 X', '000 X', '101 Switching Protocols\r\nUpgrade: a', '101 X']) {
      const client = await startFront(t, sends(`HTTP/1.1 ${line}\r\n\r\nbody`));
      const answer = await answerTo(client(), GET);
      assert.match(answer, /^HTTP\/1\.1 502 [^]*one\.internal sent no valid answer/, line);
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

describe('a request with a body', { timeout: 30_000 }, () => {
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
