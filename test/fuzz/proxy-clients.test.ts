import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { it } from 'node:test';
import type { ProxyClient } from '../../src/commands/proxy/clients/proxy-client.ts';
import { serveClient } from '../../src/commands/proxy/clients/serve-client.ts';
import { createHttpFront } from '../../src/commands/proxy/http/http-front.ts';
import type { Destination } from '../../src/commands/proxy/rules/destination.ts';
import { pacFile } from '../../src/commands/proxy/rules/pac.ts';
import { seeded, type Random } from '../support/random.ts';
import { createVirtualClock } from '../support/virtual-clock.ts';
import { FUZZ_CASES } from './support/cases.ts';
import { mutateBytes } from './support/mutations.ts';

/** A connection costs as much as many inputs of a decoder. */
const CONNECTIONS = Math.ceil(FUZZ_CASES / 10);
/** Longer than each limit of a client (docs/design/limits.md#the-proxy). */
const LONG_AFTER_MS = 600_000;

/** Turns of the event loop before all limits end: an answer takes some. */
const MOST_TURNS = 20;

type Texts = readonly [string, ...string[]];

const HEADERS: Texts = [
  'Host: one.internal\r\n',
  'Connection: close\r\n',
  'Connection: keep-alive, Content-Length\r\n',
  'Content-Length: 5\r\n',
  'Transfer-Encoding: chunked\r\n',
  'Transfer-Encoding: gzip\r\n',
  'Expect: 100-continue\r\n',
  'Upgrade: websocket\r\nConnection: upgrade\r\n',
  'Proxy-Authorization: Basic eDp5\r\n',
  'Cookie: a=b\x80\xff\r\n',
  'TE: trailers\r\nTrailer: X\r\n',
];
const REQUESTS: Texts = [
  'GET http://one.internal/path?a=b HTTP/1.1\r\n',
  'POST http://[fd00::5]:8080/ HTTP/1.1\r\n',
  'HEAD http://10.0.0.1/%zz HTTP/1.0\r\n',
  'GET http://user:pass@one.internal:99999/ HTTP/1.1\r\n',
  'GET http://xn--a.internal\\@two.internal/ HTTP/1.1\r\n',
  'OPTIONS * HTTP/1.1\r\n',
  'GET /proxy.pac HTTP/1.1\r\n',
  'CONNECT one.internal:443 HTTP/1.1\r\n',
  'CONNECT [fd00::5]:443 HTTP/1.1\r\n',
  'PRI * HTTP/2.0\r\n',
];
const BODIES: Texts = ['', 'hello', '5\r\nhello\r\n0\r\n\r\n', 'ffffffffffffffff\r\n'];
const SOCKS = [
  Buffer.from('0501000501000309616c6c2e6c6f63616c0050', 'hex'),
  Buffer.from('05020002050100010a0000010050', 'hex'),
  Buffer.from('050100050100' + '04' + 'fd000000000000000000000000000005' + '01bb', 'hex'),
  Buffer.from('040100500a00000100', 'hex'),
  Buffer.from('0401005000000001' + '75736572' + '00' + '6f6e652e696e7465726e616c' + '00', 'hex'),
] as const;
const ANSWERS: Texts = [
  'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody',
  'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\nX: y\r\n\r\n',
  'HTTP/1.1 204 No Content\r\nSet-Cookie: a=\x80\r\n\r\n',
  'HTTP/1.0 200 OK\r\n\r\nto the end',
  'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 304 Not Modified\r\n\r\n',
  'HTTP/1.1 101 Switching Protocols\r\nUpgrade: a\r\nConnection: upgrade\r\n\r\n',
  'HTTP/1.1 407 No\r\nProxy-Authenticate: Basic\r\nConnection: X\r\nX: 1\r\n\r\n',
  'SSH-2.0-OpenSSH\r\n',
];

function some(pieces: Texts, random: Random, most: number): string {
  return Array.from({ length: random.below(most + 1) }, () => random.pick(pieces)).join('');
}

function request(random: Random): Buffer {
  if (random.chance(0.3)) return random.pick([...SOCKS]);
  if (random.chance(0.4))
    return Buffer.from(`${REQUESTS[0]}${some(HEADERS, random, 1)}\r\n`, 'latin1');
  const head = random.pick(REQUESTS) + some(HEADERS, random, 4);
  return Buffer.from(`${head}\r\n${random.pick(BODIES)}`, 'latin1');
}

/** What a client sends: one request or several, often damaged. */
function requests(random: Random): Buffer {
  const bytes = Buffer.concat(Array.from({ length: random.between(1, 3) }, () => request(random)));
  return random.chance(0.4) ? mutateBytes(bytes, random) : bytes;
}

/** Plays a destination, or refuses the client. Whatever it does, it ends. */
function answer(client: ProxyClient, random: Random): void {
  const { socket } = client;
  if (random.chance(0.1)) {
    client.refuse({ kind: 'failed', code: 'code', problem: '\x1b]0;\0\u2028\ud800', remedy: '' });
    socket.resume();
    return;
  }
  if (random.chance(0.1)) {
    socket.destroy();
    return;
  }
  client.accept();
  socket.resume();
  const text = Buffer.from(random.pick(ANSWERS), 'latin1');
  const bytes = random.chance(0.5) ? mutateBytes(text, random) : text;
  const at = random.below(bytes.length + 1);
  socket.write(bytes.subarray(0, at));
  if (random.chance(0.1)) client.reset();
  else socket.end(bytes.subarray(at));
}

/** Sends in pieces, and ends in one of the ways of a client. */
async function play(client: Socket, bytes: Buffer, random: Random): Promise<void> {
  let rest = bytes;
  while (rest.length > 0) {
    const size = random.between(1, rest.length);
    client.write(rest.subarray(0, size));
    rest = rest.subarray(size);
    if (random.chance(0.3)) await setImmediate();
  }
  if (random.chance(0.2)) client.resetAndDestroy();
  else if (random.chance(0.5)) client.end();
}

it('clients and destinations that send anything leave nothing behind in the proxy', async () => {
  await seeded(async (random) => {
    const clock = createVirtualClock();
    const served = new Set<Socket>();
    const take = (client: ProxyClient, { host, port }: Destination): void => {
      assert.match(host, /^[a-z0-9_.:-]+$/);
      assert.ok(port > 0 && port < 65_536);
      answer(client, random);
    };
    const http = createHttpFront({
      clock,
      hasPeerClosed: () => Promise.resolve(false),
      connect: take,
      pacFile: (proxy) => pacFile({ allow: [], deny: [] }, proxy),
    });
    const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (socket) => {
      socket.on('error', () => undefined);
      served.add(socket);
      socket.on('close', () => served.delete(socket));
      serveClient(socket, { clock, http, connect: take });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    try {
      for (let count = 0; count < CONNECTIONS; count++) {
        const client = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
        const closed = new Promise((resolve) => client.once('close', resolve));
        client.on('error', () => undefined).on('end', () => client.end());
        client.resume();
        await once(client, 'connect');
        await play(client, requests(random), random);
        for (let turns = random.below(MOST_TURNS); turns > 0; turns--) await setImmediate();
        clock.advance(LONG_AFTER_MS);
        await closed;
      }
      while (served.size > 0) await setImmediate();
      assert.equal(clock.pending, 0);
    } finally {
      server.close();
    }
  });
});
