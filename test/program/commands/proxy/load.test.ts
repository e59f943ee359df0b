import assert from 'node:assert/strict';
import { connect as connectTls, createServer as createTlsServer } from 'node:tls';
import { createServer, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { connect, type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, it, type TestContext } from 'node:test';
import { MAX_OPEN_REQUESTS } from '../../../../src/commands/proxy/http/client-connections.ts';
import { createDeferred } from '../../../../src/lib/deferred.ts';
import { createAuthority } from '../../../network/certificate-authority.ts';
import { needs } from '../../../support/require-tools.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';
import { OPENSSL } from '../../../support/tools.ts';
import { startHttp, startNamedHttp, startProxy } from './support/proxied.ts';

const HOSTS = 10;
const CONNECTIONS = 100;

/** A tunnel by CONNECT. @returns the connection, after the reply */
async function tunnel(
  t: TestContext,
  port: number,
  authority: string,
): Promise<ReturnType<typeof connect>> {
  const socket = connect(port, '127.0.0.1');
  t.after(() => socket.destroy());
  socket.write(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n\r\n`);
  let head = '';
  while (!head.includes('\r\n\r\n')) {
    await once(socket, 'readable');
    head += (socket.read() as Buffer | null)?.toString('latin1') ?? '';
  }
  assert.equal(head, 'HTTP/1.1 200 Connection established\r\n\r\n');
  return socket;
}

describe('proxy with many connections', { timeout: 240_000 }, () => {
  it('serves 100 at the same time to 10 hosts by as many sessions, beside a host that does not answer', async (t) => {
    const hosts: Record<string, number> = {};
    for (let i = 0; i < HOSTS; i++)
      hosts[`host-${i}.internal`] = await startNamedHttp(t, `host-${i}`);
    const release = createDeferred<undefined>();
    hosts['slow.internal'] = await startHttp(t, (_, response) => {
      void release.promise.then(() => response.end('at last'));
    });
    const { port, target } = await startProxy(t, hosts);
    const get = async (host: string): Promise<string> => {
      const socket = connect(port, '127.0.0.1');
      t.after(() => socket.destroy());
      socket.write(`GET http://${host}/ HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
      return (await text(socket)).split('\r\n').at(-1) ?? '';
    };
    const slow = get('slow.internal');
    const answers = await Promise.all(
      Array.from({ length: CONNECTIONS }, (_, i) => get(`host-${i % HOSTS}.internal`)),
    );
    answers.forEach((answer, i) => assert.match(answer, new RegExp(`host-${i % HOSTS} `)));
    assert.equal(target.aws.sessions.length, HOSTS + 1);
    release.resolve(undefined);
    assert.match(await slow, /at last/);
  });

  it('carries TLS unchanged, with the name of the server', needs(OPENSSL), async (t) => {
    const authority = createAuthority(temporaryDirectory(t), 'test');
    const names: unknown[] = [];
    const server = createTlsServer(authority.issue(['DNS:one.internal']), (socket) => {
      names.push(socket.servername);
      socket.end('hello');
    }).listen(0, '127.0.0.1');
    t.after(() => server.close());
    await once(server, 'listening');
    const { port } = await startProxy(t, {
      'one.internal': (server.address() as AddressInfo).port,
    });
    const socket = await tunnel(t, port, 'one.internal:443');
    const secure = connectTls({ socket, servername: 'one.internal', ca: authority.certificate });
    assert.equal(await text(secure), 'hello');
    assert.deepEqual(names, ['one.internal']);
  });

  it('does not let a client send a second request to the destination of the first', async (t) => {
    const urls: string[] = [];
    const serve = (name: string): Promise<number> =>
      startHttp(t, ({ url }, response) => {
        urls.push(`${name}${url ?? ''}`);
        // A server that keeps its connection open, whatever the request asks for.
        response.setHeader('Connection', 'keep-alive');
        response.end(name);
      });
    const { port } = await startProxy(t, {
      'one.internal': await serve('one'),
      'two.internal': await serve('two'),
    });
    const socket = connect(port, '127.0.0.1');
    t.after(() => socket.destroy());
    const request = (host: string, connection: string): string =>
      `GET http://${host}/ HTTP/1.1\r\nHost: other.internal\r\nConnection: ${connection}\r\n\r\n`;
    socket.write(request('one.internal', 'keep-alive') + request('two.internal', 'close'));
    const answer = await text(socket);
    assert.deepEqual(urls, ['one/', 'two/']);
    assert.match(answer, /\r\n\r\n.*one.*HTTP\/1\.1 200 OK.*two/s);
  });

  it('serves the requests of a client one after another, as the later may need what the earlier changes', async (t) => {
    const urls: string[] = [];
    const release = createDeferred<undefined>();
    const asked = createDeferred<undefined>();
    const one = await startHttp(t, (incoming, response) => {
      urls.push(`one${incoming.url ?? ''}`);
      asked.resolve(undefined);
      void release.promise.then(() => response.end('one'));
    });
    const two = await startHttp(t, ({ url }, response) => {
      urls.push(`two${url ?? ''}`);
      response.end('two');
    });
    const { port } = await startProxy(t, { 'one.internal': one, 'two.internal': two });
    const send = (requests: readonly string[]): Promise<string> => {
      const socket = connect(port, '127.0.0.1');
      t.after(() => socket.destroy());
      socket.write(requests.join(''));
      return text(socket);
    };
    const get = (url: string, connection: string): string =>
      `GET ${url} HTTP/1.1\r\nHost: a\r\nConnection: ${connection}\r\n\r\n`;
    const both = send([
      'POST http://one.internal/ HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody',
      get('http://two.internal/later', 'close'),
    ]);
    await asked.promise;
    assert.match(await send([get('http://two.internal/other', 'close')]), /two/);
    assert.deepEqual(urls, ['one/', 'two/other']);
    release.resolve(undefined);
    assert.match(await both, /one.*two/s);
    assert.deepEqual(urls, ['one/', 'two/other', 'two/later']);
  });

  it('closes the connection of a client that sends requests without end before an answer', async (t) => {
    const asked: string[] = [];
    const one = await startHttp(t, ({ url }) => void asked.push(url ?? ''));
    const { port } = await startProxy(t, { 'one.internal': one });
    const socket = connect(port, '127.0.0.1');
    t.after(() => socket.destroy());
    socket.write(
      'GET http://one.internal/ HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(MAX_OPEN_REQUESTS + 1),
    );
    assert.equal(await text(socket).catch(() => ''), '');
    assert.ok(asked.length <= 1);
  });

  it('refuses a request with two ends, and one that is too long', async (t) => {
    const urls: string[] = [];
    const one = await startHttp(t, ({ url }, response) => {
      urls.push(url ?? '');
      response.end();
    });
    const { port } = await startProxy(t, { 'one.internal': one });
    const send = async (lines: readonly string[], body = ''): Promise<string> => {
      const socket = connect(port, '127.0.0.1');
      t.after(() => socket.destroy());
      socket.write(`${lines.join('\r\n')}\r\n\r\n${body}`);
      return (await text(socket)).split('\r\n', 1).join('');
    };
    const start = 'POST http://one.internal/ HTTP/1.1';
    const hidden = '0\r\n\r\nGET http://two.internal/ HTTP/1.1\r\n\r\n';
    const bad = 'HTTP/1.1 400 Bad Request';
    assert.equal(
      await send([start, 'Content-Length: 5', 'Transfer-Encoding: chunked'], hidden),
      bad,
    );
    assert.equal(await send([start, 'Content-Length: 5', 'Content-Length: 6'], 'hello'), bad);
    assert.equal(await send([start, 'Transfer-Encoding: gzip, chunked'], hidden), bad);
    assert.equal(await send([start, 'Bad Header: 1']), bad);
    assert.equal(await send(['GET / HTTP/1.1', 'Host: one.internal']), bad);
    assert.equal(await send(['GET https://one.internal/ HTTP/1.1']), bad);
    assert.equal(await send(['CONNECT one.internal HTTP/1.1']), bad);
    const long = `X-Long: ${'x'.repeat(70_000)}`;
    assert.equal(await send([start, long]), 'HTTP/1.1 431 Request Header Fields Too Large');
    assert.deepEqual(urls, []);
  });

  it('reads requests of SOCKS in single bytes, and what follows them at once', async (t) => {
    const server = createServer((_, response) => response.end('hello')).listen(0, '127.0.0.1');
    t.after(() => server.close());
    await once(server, 'listening');
    const { port } = await startProxy(t, {
      'one.internal': (server.address() as AddressInfo).port,
    });
    const name = Buffer.from('one.internal');
    const bytes = Buffer.concat([
      Buffer.from([5, 1, 0, 5, 1, 0, 3, name.length]),
      name,
      Buffer.from([0, 80]),
      Buffer.from('GET / HTTP/1.1\r\nHost: one.internal\r\nConnection: close\r\n\r\n'),
    ]);
    for (const size of [1, bytes.length]) {
      const socket = connect({ port, host: '127.0.0.1', noDelay: true });
      t.after(() => socket.destroy());
      for (let at = 0; at < bytes.length; at += size) {
        await new Promise((resolve) => socket.write(bytes.subarray(at, at + size), resolve));
      }
      const answer = Buffer.concat(await socket.toArray());
      assert.equal(answer.toString('hex', 0, 12), '050005000001000000000000');
      assert.match(answer.toString('latin1', 12), /^HTTP\/1\.1 200 OK[^]*hello/);
    }
  });

  it('answers clients that end their sending direction after the request', async (t) => {
    const asked = createDeferred<undefined>();
    const release = createDeferred<undefined>();
    const { port } = await startProxy(t, {
      'one.internal': await startHttp(t, (_, response) => {
        asked.resolve(undefined);
        void release.promise.then(() => response.end('hello'));
      }),
    });
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    t.after(() => socket.destroy());
    socket.end('GET http://one.internal/ HTTP/1.1\r\nConnection: close\r\n\r\n');
    await once(socket, 'finish');
    await asked.promise;
    release.resolve(undefined);
    assert.match(await text(socket), /^HTTP\/1\.1 200 OK[^]*hello/);
  });

  it('does not go on with a request whose client has closed', async (t) => {
    const asked = createDeferred<IncomingMessage>();
    const { port } = await startProxy(t, {
      'one.internal': await startHttp(t, (request) => asked.resolve(request)),
    });
    const socket = connect(port, '127.0.0.1');
    socket.write('GET http://one.internal/ HTTP/1.1\r\n\r\n');
    const request = await asked.promise;
    // It is aborted, which is an error of the request.
    request.on('error', () => undefined);
    const closed = new Promise((resolve) => request.once('close', resolve));
    socket.destroy();
    await closed;
  });

  it('closes connections that speak nothing it knows', async (t) => {
    const { port } = await startProxy(t, {});
    for (const bytes of ['\x16\x03\x01', '\x06', '\0', ' GET']) {
      const socket = connect(port, '127.0.0.1');
      t.after(() => socket.destroy());
      socket.on('error', () => undefined);
      socket.write(bytes);
      socket.resume();
      await once(socket, 'close');
    }
  });
});
