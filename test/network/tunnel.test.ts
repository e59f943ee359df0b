import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:tls';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { before, describe, it, type TestContext } from 'node:test';
import { WebSocketServer } from 'ws';
import { createServer as createHttpsServer } from 'node:https';
import { openGatewaySocket } from '../../src/cli/run/gateway/gateway-socket.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { createDeferred } from '../../src/lib/deferred.ts';
import type { Network } from '../../src/network/network.ts';
import { NetworkError } from '../../src/network/network-error.ts';
import { openWebSocket } from '../../src/socket/web-socket.ts';
import { suiteScope } from '../support/cleanup-scope.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { createVirtualClock } from '../support/virtual-clock.ts';
import { createAuthority, type CertificateAuthority } from './certificate-authority.ts';
import { fetchText } from './fetch-text.ts';
import { listen, NOT_LOOPBACK, serve } from './local-server.ts';
import { networkFor } from './test-network.ts';
import { startTinyproxy, type RunningProxy } from './tinyproxy.ts';
import { needs } from '../support/require-tools.ts';
import { OPENSSL, TINYPROXY } from '../support/tools.ts';
import { LOCALHOST } from '../support/localhost.ts';

const USER = { name: 'user', password: 'pass.word-1' };
/** Longer than any test. */
const LONG_MS = 60_000;
const IN_URL = `${USER.name}:${encodeURIComponent(USER.password)}`;

const answer: RequestListener = (_request, response) => response.end('hello');

function failure(reason: NetworkError['reason'], ...words: readonly RegExp[]) {
  return (error: unknown): boolean => {
    assert.ok(error instanceof NetworkError, String(error));
    assert.equal(error.reason, reason);
    for (const word of words) assert.match(error.message, word);
    assert.ok(!error.message.includes(USER.password));
    return true;
  };
}

describe('through a real proxy', needs(OPENSSL, TINYPROXY), () => {
  let authority: CertificateAuthority;
  let open: RunningProxy;
  let guarded: RunningProxy;
  let url = '';
  let port = 0;
  const suite = suiteScope();

  before(async () => {
    authority = createAuthority(temporaryDirectory(suite), 'Private Test Root');
    port = await serve(suite, answer, authority.issue([`IP:${NOT_LOOPBACK}`]));
    url = `https://${NOT_LOOPBACK}:${port}/`;
    open = await startTinyproxy(suite);
    guarded = await startTinyproxy(suite, USER);
  });

  const network = (t: TestContext, env: Record<string, string>): Network =>
    networkFor(t, { env: { AWS_CA_BUNDLE: authority.file, ...env } });

  it('HTTPS goes through a tunnel', async (t) => {
    const before = open.requests.length;
    const env = { HTTPS_PROXY: `http://127.0.0.1:${open.port}` };
    assert.equal(await fetchText(network(t, env), url), 'hello');
    assert.deepEqual(open.requests.slice(before), [`CONNECT ${NOT_LOOPBACK}:${port}`]);
  });

  it('several requests share one tunnel', async (t) => {
    const before = open.requests.length;
    const shared = network(t, { ALL_PROXY: `127.0.0.1:${open.port}` });
    for (let i = 0; i < 3; i++) assert.equal(await fetchText(shared, url), 'hello');
    assert.equal(open.requests.length, before + 1);
  });

  it('a WebSocket goes through a tunnel', async (t) => {
    const { key, cert } = authority.issue([`IP:${NOT_LOOPBACK}`]);
    const server = createHttpsServer({ key, cert });
    const gateway = new WebSocketServer({ server });
    gateway.on('connection', (socket) => socket.send(Buffer.from('welcome')));
    const socketPort = await listen(t, server);
    const before = open.requests.length;
    const carried = network(t, { HTTPS_PROXY: `http://127.0.0.1:${open.port}` });
    const { promise: received, resolve: receive } = createDeferred<string>();
    const openSocket = openGatewaySocket({
      network: carried,
      clock: systemClock,
      signUpgrade: () => Promise.resolve({}),
      openWebSocket,
    });
    const socket = await openSocket(
      { url: `wss://${NOT_LOOPBACK}:${socketPort}/`, timeoutMs: LONG_MS, signal: t.signal },
      {
        frame: (frame) => receive(frame.toString()),
        pong: () => undefined,
        readingChanged: () => undefined,
        lost: () => undefined,
      },
    );
    assert.equal(await received, 'welcome');
    assert.deepEqual(open.requests.slice(before), [`CONNECT ${NOT_LOOPBACK}:${socketPort}`]);
    socket.destroy();
    gateway.close();
  });

  it('a proxy that requires a user gets the one in its URL', async (t) => {
    const before = guarded.requests.length;
    const env = { HTTPS_PROXY: `http://${IN_URL}@127.0.0.1:${guarded.port}` };
    assert.equal(await fetchText(network(t, env), url), 'hello');
    assert.equal(guarded.requests.length, before + 1);
  });

  it('without a user it refuses, and the error names what is missing', async (t) => {
    const env = { https_proxy: `http://127.0.0.1:${guarded.port}` };
    await assert.rejects(
      fetchText(network(t, env), url),
      failure('proxy', new RegExp(`127\\.0\\.0\\.1:${guarded.port}`), /https_proxy/, /user/),
    );
  });

  it('with a wrong password it refuses, and the error names the refusal', async (t) => {
    const env = { HTTPS_PROXY: `http://user:wrong@127.0.0.1:${guarded.port}` };
    await assert.rejects(
      fetchText(network(t, env), url),
      failure('proxy', /HTTPS_PROXY/, /refused/),
    );
  });

  for (const exempt of [NOT_LOOPBACK, '0.0.0.0/8', '*']) {
    it(`NO_PROXY=${exempt} makes a direct connection`, async (t) => {
      const before = open.requests.length;
      const env = { HTTPS_PROXY: `http://127.0.0.1:${open.port}`, NO_PROXY: exempt };
      assert.equal(await fetchText(network(t, env), url), 'hello');
      assert.equal(open.requests.length, before);
    });
  }

  it('a target that does not answer the proxy is reported as the refusal of the proxy', async (t) => {
    const closed = await listen(
      t,
      createServer((socket) => socket.destroy()),
    );
    const env = { HTTPS_PROXY: `http://127.0.0.1:${open.port}` };
    await assert.rejects(
      fetchText(network(t, env), `https://${NOT_LOOPBACK}:${closed}/`),
      NetworkError,
    );
  });

  it('the certificate at the end of the tunnel is verified', async (t) => {
    const env = { HTTPS_PROXY: `http://127.0.0.1:${open.port}`, AWS_CA_BUNDLE: '' };
    await assert.rejects(
      fetchText(network(t, env), url),
      failure('certificate', /0\.0\.0\.0/, /"Private Test Root"/, /AWS_CA_BUNDLE/),
    );
  });

  it('roots of the operating system count in the tunnel, too', async (t) => {
    const before = open.requests.length;
    const trusting = networkFor(t, {
      env: { HTTPS_PROXY: `http://127.0.0.1:${open.port}` },
      readSystemRoots: () => Promise.resolve([authority.certificate]),
    });
    assert.equal(await fetchText(trusting, url), 'hello');
    assert.equal(open.requests.length, before + 2);
  });
});

it(
  'the certificate of a proxy with TLS is verified',
  needs(OPENSSL, TINYPROXY, LOCALHOST),
  async (t) => {
    const authority = createAuthority(temporaryDirectory(t), 'Private Test Root');
    const port = await serve(t, answer, authority.issue([`IP:${NOT_LOOPBACK}`]));
    const plain = await startTinyproxy(t);
    const { key, cert } = authority.issue(['DNS:localhost']);
    const wrapper = createTlsServer({ key, cert }, (socket) => {
      const onward = connect(plain.port, '127.0.0.1');
      socket.on('error', () => onward.destroy());
      onward.on('error', () => socket.destroy());
      socket.pipe(onward).pipe(socket);
    });
    const proxyPort = await listen(t, wrapper);
    const env = { HTTPS_PROXY: `https://localhost:${proxyPort}`, AWS_CA_BUNDLE: authority.file };
    const trusting = networkFor(t, { env });
    assert.equal(await fetchText(trusting, `https://${NOT_LOOPBACK}:${port}/`), 'hello');
    trusting.httpsAgent.destroy();
    await assert.rejects(
      fetchText(
        networkFor(t, { env: { ...env, AWS_CA_BUNDLE: '' } }),
        `https://${NOT_LOOPBACK}:${port}/`,
      ),
      failure('proxy', /localhost/, /HTTPS_PROXY/),
    );
  },
);

it('a proxy that cannot be reached is named with its variable', async (t) => {
  const closed = createServer();
  const port = await listen(t, closed);
  closed.close();
  await once(closed, 'close');
  await assert.rejects(
    fetchText(
      networkFor(t, { env: { ALL_PROXY: `127.0.0.1:${port}` } }),
      `https://${NOT_LOOPBACK}:1/`,
    ),
    failure('proxy', new RegExp(`127\\.0\\.0\\.1:${port}`), /ALL_PROXY/, /refused/),
  );
});

/** A server that accepts connections and sends nothing. @returns its port and its first connection */
async function silentServer(
  t: TestContext,
): Promise<{ readonly port: number; readonly spokenTo: Promise<Socket> }> {
  const sockets: Socket[] = [];
  const server: Server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
  });
  const spokenTo = new Promise<Socket>((resolve) => {
    server.once('connection', (socket) => socket.once('data', () => resolve(socket)));
  });
  t.after(() => sockets.forEach((socket) => socket.destroy()));
  return { port: await listen(t, server), spokenTo };
}

it('a hung TLS handshake times out', needs(LOCALHOST), async (t) => {
  const clock = createVirtualClock();
  const { port, spokenTo } = await silentServer(t);
  const fetching = fetchText(
    networkFor(t, { clock, connectTimeoutMs: 10_000 }),
    `https://localhost:${port}/`,
  );
  const refused = assert.rejects(fetching, failure('timeout', /localhost/, /TLS/, /10 s/));
  const socket = await spokenTo;
  clock.advance(10_000);
  await refused;
  if (!socket.closed) await once(socket, 'close');
  assert.equal(clock.pending, 0);
});

it('a hung proxy times out', async (t) => {
  const clock = createVirtualClock();
  const { port, spokenTo } = await silentServer(t);
  const env = { HTTPS_PROXY: `http://127.0.0.1:${port}` };
  const fetching = fetchText(
    networkFor(t, { clock, env, connectTimeoutMs: 10_000 }),
    `https://${NOT_LOOPBACK}:1/`,
  );
  const refused = assert.rejects(fetching, failure('timeout', /HTTPS_PROXY/, /10 s/));
  const socket = await spokenTo;
  clock.advance(10_000);
  await refused;
  if (!socket.closed) await once(socket, 'close');
  assert.equal(clock.pending, 0);
});

it('an open connection leaves no timer', needs(LOCALHOST), async (t) => {
  const clock = createVirtualClock();
  const port = await serve(t, answer);
  assert.equal(await fetchText(networkFor(t, { clock }), `http://localhost:${port}/`), 'hello');
  assert.equal(clock.pending, 0);
});

it('a host that refuses has a plain error message', needs(LOCALHOST), async (t) => {
  const gone = createServer();
  const port = await listen(t, gone);
  gone.close();
  await once(gone, 'close');
  for (const scheme of ['http', 'https']) {
    await assert.rejects(
      fetchText(networkFor(t, {}), `${scheme}://localhost:${port}/`),
      failure('unreachable', /localhost/, /refused/),
    );
  }
});
