import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Socket as NetSocket } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { WebSocket } from 'ws';
import { systemClock } from '../../src/lib/clock.ts';
import { createDeferred } from '../../src/lib/deferred.ts';
import { isSocketError, SocketError, type Socket } from '../../src/socket/socket.ts';
import { openWebSocket } from '../../src/socket/web-socket.ts';
import { listen } from '../network/local-server.ts';
import { directConnection } from '../support/direct-connection.ts';

const TIMEOUT_MS = 60_000;
/** Of RFC 6455, section 1.3. */
const KEY_SUFFIX = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
/** A binary frame with the two bytes `hi`, as a server sends it (RFC 6455, section 5.2). */
const FRAME = Buffer.from([0x82, 2, 0x68, 0x69]);

/** A request and the connection that it came on. */
interface Requested {
  readonly text: string;
  readonly connection: NetSocket;
}

/** A server without HTTP: it returns what it gets. */
async function startServer(t: TestContext): Promise<{
  readonly host: string;
  /** The next request, with all its headers. */
  readonly next: () => Promise<Requested>;
}> {
  const connections = new Set<NetSocket>();
  // Before the server closes, which waits for them.
  t.after(() => {
    for (const connection of connections) connection.destroy();
  });
  const server = createServer((connection) => {
    connection.on('error', () => undefined);
    connections.add(connection);
  });
  const port = await listen(t, server);
  return {
    host: `127.0.0.1:${port}`,
    async next() {
      const [connection] = (await once(server, 'connection')) as [NetSocket];
      let text = '';
      while (!text.endsWith('\r\n\r\n')) {
        const [chunk] = (await once(connection, 'data')) as [Buffer];
        text += chunk.toString('latin1');
      }
      return { text, connection };
    },
  };
}

function keyOf({ text }: Requested): string {
  return /^Sec-WebSocket-Key: (\S{24})\r$/m.exec(text)?.[1] ?? '';
}

function accept(requested: Requested): string {
  return createHash('sha1')
    .update(`${keyOf(requested)}${KEY_SUFFIX}`)
    .digest('base64');
}

/** The answer that opens a WebSocket. */
function opens(requested: Requested, more = ''): string {
  return (
    'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
    `Sec-WebSocket-Accept: ${accept(requested)}\r\n${more}\r\n`
  );
}

interface Opening {
  readonly opened: Promise<Socket>;
  /** The first frame that arrives. */
  readonly frame: Promise<Buffer>;
}

function open(
  t: TestContext,
  url: string,
  headers: Readonly<Record<string, string>> = {},
): Opening {
  const { promise: frame, resolve } = createDeferred<Buffer>();
  const opened = openWebSocket(
    {
      url,
      headers,
      clock: systemClock,
      timeoutMs: TIMEOUT_MS,
      signal: t.signal,
      createConnection: directConnection,
    },
    {
      frame: resolve,
      pong: () => undefined,
      readingChanged: () => undefined,
      lost: () => undefined,
    },
  );
  opened.then(
    (socket) => t.after(() => socket.destroy()),
    () => undefined,
  );
  return { opened, frame };
}

describe('the request for a WebSocket', { timeout: 60_000 }, () => {
  const CASES = [
    ['/', {}],
    ['/v1/data-channel/x?role=publish_subscribe&cell=a%2Bb%3D', { authorization: 'AWS4 x' }],
    ['/ü?q=€', { 'x-amz-date': '20240229T235958Z', 'X-Latin': 'é' }],
  ] as const;
  for (const [path, headers] of CASES) {
    // A user in the URL takes the header that a signature needs, so both never come together.
    const users = 'authorization' in headers ? [''] : ['', 'user:pass%40@', 'only%20user@'];
    for (const user of users) {
      it(`of ${user}…${path} has the bytes that Node.js and ws send`, async (t) => {
        const { host, next } = await startServer(t);
        const url = `ws://${user}${host}${path}`;
        const [own] = await Promise.all([next(), Promise.resolve(open(t, url, headers))]);
        const reference = new WebSocket(url, { headers, perMessageDeflate: false });
        reference.on('error', () => undefined);
        t.after(() => reference.terminate());
        const expected = await next();
        assert.match(keyOf(own), /^[\w+/]{22}==$/);
        assert.notEqual(keyOf(own), keyOf(expected));
        assert.equal(own.text, expected.text.replace(keyOf(expected), keyOf(own)));
      });
    }
  }

  for (const value of ['a\r\nInjected: 1', 'a\nb', 'a\0', '€']) {
    it(`is not sent with the header value ${JSON.stringify(value)}, which no error names`, async (t) => {
      const { host } = await startServer(t);
      await assert.rejects(open(t, `ws://${host}/`, { token: value }).opened, (error) => {
        assert.ok(error instanceof SocketError);
        assert.match(error.message, /the header token cannot be sent/);
        return !error.message.includes(value);
      });
    });
  }
});

describe('the answer to it', { timeout: 60_000 }, () => {
  it('opens the WebSocket, with a frame in the same packet', async (t) => {
    const { host, next } = await startServer(t);
    const { opened, frame } = open(t, `ws://${host}/`);
    const requested = await next();
    requested.connection.write(
      Buffer.concat([Buffer.from(opens(requested, 'Further: 1\r\n')), FRAME]),
    );
    await opened;
    assert.equal(String(await frame), 'hi');
  });

  it('may come after others with a status of 1xx, and byte by byte', async (t) => {
    const { host, next } = await startServer(t);
    const { opened, frame } = open(t, `ws://${host}/`);
    const requested = await next();
    requested.connection.setNoDelay(true);
    const text = `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103\r\nLink: x\r\n\r\n${opens(requested)}`;
    for (const byte of Buffer.concat([Buffer.from(text), FRAME])) {
      requested.connection.write(Buffer.from([byte]));
      await new Promise((resolve) => setImmediate(resolve));
    }
    await opened;
    assert.equal(String(await frame), 'hi');
  });

  it('may have blanks around its values, and further options of the connection', async (t) => {
    const { host, next } = await startServer(t);
    const { opened } = open(t, `ws://${host}/`);
    const requested = await next();
    requested.connection.write(
      opens(requested)
        .replace(': websocket', ':websocket \t ')
        .replace(': Upgrade', ':\t keep-alive \t,\tUpgrade \t'),
    );
    await opened;
  });

  it('of another status is an error with this status, and the connection ends', async (t) => {
    const { host, next } = await startServer(t);
    const { opened } = open(t, `ws://${host}/`);
    const { connection } = await next();
    const closed = once(connection, 'close');
    connection.write('HTTP/1.1 403 Forbidden\r\nContent-Length: 100000\r\n\r\nbody');
    await assert.rejects(
      opened,
      (error) => isSocketError(error) && error.reason === 'http-status' && error.status === 403,
    );
    await closed;
  });

  it('that does not come, because the connection ends, is an error', async (t) => {
    const { host, next } = await startServer(t);
    const { opened } = open(t, `ws://${host}/`);
    (await next()).connection.end('HTTP/1.1 101 Switching Protocols\r\n');
    await assert.rejects(opened, /cannot be reached: the connection was closed/);
  });

  const WRONG: readonly (readonly [string, RegExp, (requested: Requested) => string])[] = [
    ['is no HTTP', /is not HTTP/, () => 'SSH-2.0-OpenSSH_9.2\r\n\r\n'],
    ['is of HTTP/2', /is not HTTP/, () => 'HTTP/2 101 x\r\n\r\n'],
    [
      'has more than 16 KiB',
      /too many headers/,
      () => `HTTP/1.1 101 x\r\nA: ${'x'.repeat(16_384)}`,
    ],
    ['has a header without a colon', /malformed header/, (r) => opens(r, 'Further\r\n')],
    ['has a header on two lines', /malformed header/, (r) => opens(r, 'A: b\r\n c\r\n')],
    ['has a line break in a header', /malformed header/, (r) => opens(r, 'A: b\nc: d\r\n')],
    // A parser that tries each division of the blanks would not end.
    ...['\0', '\r', '\n'].map(
      (end) =>
        [
          `has 16 000 tabs and ${JSON.stringify(end)} in a header`,
          /malformed header/,
          () => `HTTP/1.1 101 x\r\nA:${'\t'.repeat(16_000)}${end}.\r\n\r\n`,
        ] as const,
    ),
    ['has a blank before a colon', /malformed header/, (r) => opens(r, 'A : b\r\n')],
    ['has a header without a name', /malformed header/, (r) => opens(r, ': b\r\n')],
    ['is no upgrade', /no upgrade/, (r) => opens(r).replace('Upgrade: websocket\r\n', '')],
    ['upgrades to something else', /no upgrade/, (r) => opens(r).replace('websocket', 'h2c')],
    [
      'does not upgrade the connection',
      /no upgrade/,
      (r) => opens(r).replace(': Upgrade', ': close'),
    ],
    [
      'is for another request',
      /another request/,
      (r) => opens(r).replace(accept(r), accept({ ...r, text: '' })),
    ],
    [
      'has no key',
      /another request/,
      (r) => opens(r).replace(`Sec-WebSocket-Accept: ${accept(r)}\r\n`, ''),
    ],
    ['has two keys', /another request/, (r) => opens(r, `Sec-WebSocket-Accept: ${accept(r)}\r\n`)],
    ['chooses a subprotocol', /not requested/, (r) => opens(r, 'Sec-WebSocket-Protocol: x\r\n')],
    [
      'chooses an extension',
      /not requested/,
      (r) => opens(r, 'Sec-WebSocket-Extensions: permessage-deflate\r\n'),
    ],
  ];
  for (const [what, problem, answer] of WRONG) {
    it(`that ${what} is an error, and the connection ends`, async (t) => {
      const { host, next } = await startServer(t);
      const { opened } = open(t, `ws://${host}/`);
      const requested = await next();
      const closed = once(requested.connection, 'close');
      requested.connection.write(answer(requested));
      await assert.rejects(opened, (error) => {
        assert.ok(isSocketError(error));
        assert.equal(error.reason, 'refused');
        assert.match(error.message, problem);
        return true;
      });
      await closed;
    });
  }
});
