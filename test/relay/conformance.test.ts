import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { describe, it } from 'node:test';
import { createDeferred } from '../../src/lib/deferred.ts';
import { LOCALHOST } from '../support/localhost.ts';
import { seeded } from '../support/random.ts';
import { needs } from '../support/require-tools.ts';
import { collect, openCollected } from './support/collected-stream.ts';
import {
  closedDestination,
  tcpDestination,
  udpDestination,
  unixDestination,
} from './support/destinations.ts';
import { RELAY_LANGUAGES, RELAY_SHELLS, startRelay } from './support/relay-process.ts';
import { withResolver } from './support/resolver.ts';

const STREAMS = 1000;
const MEMORY_BYTES = 40 * 1024 * 1024;
const WINDOW_BYTES = 256 * 1024;
const DOWNLOADS = 5;
const DOWNLOAD = Buffer.alloc(2_000_000, 'd');

/** Names for addresses that no resolver of a test has. */
const NAMES_IN_PYTHON = `
import socket
real = socket.getaddrinfo
found = {b"1": "169.254.169.254", b"2": "fd00:ec2::254", b"3": "::ffff:169.254.169.254", b"4": "127.0.0.1"}
def named(host, port, family, type, protocol, flags):
    name = host if isinstance(host, bytes) else host.encode()
    return real(name if flags else found[name[:1]], port, family, type, protocol, flags)
socket.getaddrinfo = named
`;
const NAMES_IN_PERL = `
package Names;
use Socket ();
my $real = \\&Socket::getaddrinfo;
my %found = (1 => "169.254.169.254", 2 => "fd00:ec2::254", 3 => "::ffff:169.254.169.254", 4 => "127.0.0.1");
no warnings;
*Socket::getaddrinfo = sub {
  my ($host, $port, $hints) = @_;
  $real->($$hints{flags} ? $host : $found{substr $host, 0, 1}, $port, $hints);
};
1;
`;

const echo = (socket: Socket): void => void socket.pipe(socket);

/** Reads everything, then answers with it. */
const answerAfterEnd = (socket: Socket): void => {
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  socket.on('end', () => socket.end(Buffer.concat(chunks)));
};

const KINDS = RELAY_LANGUAGES.flatMap((language) =>
  RELAY_SHELLS.map((shell) => ({ language, shell })),
);

for (const { language, shell } of KINDS) {
  const name = `the relay in ${language.name}, by ${shell.name}`;
  describe(name, needs(shell.tool, language.tool), () => {
    it('reports its language', async (t) => {
      const { ready } = await startRelay(t, language, shell);
      assert.match(await ready, new RegExp(`^${language.name} \\d+\\.\\d+`));
    });

    it('carries bytes unchanged, and the end of one direction before the other', async (t) => {
      await seeded(async (random) => {
        const { tunnel } = await startRelay(t, language, shell);
        const one = openCollected(tunnel, await tcpDestination(t, answerAfterEnd));
        const bytes = random.bytes(3_000_000);
        one.stream.write(bytes);
        one.stream.end();
        await one.ended;
        assert.equal(one.received().compare(bytes), 0);
        assert.equal(tunnel.streams(), 0);
      });
    });

    it('sends the end of a destination first', async (t) => {
      const { tunnel } = await startRelay(t, language, shell);
      const { promise, resolve } = createDeferred<string>();
      const destination = await tcpDestination(t, (socket) => {
        socket.end('banner');
        socket.on('data', (chunk: Buffer) => resolve(chunk.toString()));
      });
      const one = openCollected(tunnel, destination);
      await one.ended;
      assert.equal(one.received().toString(), 'banner');
      one.stream.write(Buffer.from('later'));
      assert.equal(await promise, 'later');
    });

    it('resolves names', needs(LOCALHOST), async (t) => {
      const { tunnel } = await startRelay(t, language, shell);
      const { port } = await tcpDestination(t, echo);
      const one = openCollected(tunnel, { kind: 'tcp', address: 'localhost', port });
      one.stream.write(Buffer.from('hello'));
      assert.equal((await one.until(5)).toString(), 'hello');
    });

    it('connects to the metadata of its machine by the address, and by no name', async (t) => {
      const resolver = withResolver(t, { python: NAMES_IN_PYTHON, perl: NAMES_IN_PERL });
      const { tunnel } = await startRelay(t, language, shell, resolver);
      for (const address of ['1.metadata.test', '2.metadata.test', '3.metadata.test']) {
        const denied = openCollected(tunnel, { kind: 'tcp', address, port: 1 });
        assert.equal((await denied.reset).code, 'unresolved', address);
      }
      const { port } = await tcpDestination(t, echo);
      const one = openCollected(tunnel, { kind: 'tcp', address: '4.metadata.test', port });
      one.stream.write(Buffer.from('hello'));
      assert.equal((await one.until(5)).toString(), 'hello');
    });

    it('reports why it cannot connect', async (t) => {
      const { tunnel } = await startRelay(t, language, shell);
      const refused = openCollected(tunnel, await closedDestination());
      assert.equal((await refused.reset).code, 'refused');
      const address = 'no-such-host.invalid';
      const unresolved = openCollected(tunnel, { kind: 'tcp', address, port: 1 });
      assert.equal((await unresolved.reset).code, 'unresolved');
      const missing = openCollected(tunnel, { kind: 'unix', address: '/no/such/socket', port: 0 });
      assert.equal((await missing.reset).code, 'refused');
    });

    it('connects to Unix sockets', async (t) => {
      const { tunnel } = await startRelay(t, language, shell);
      const one = openCollected(tunnel, await unixDestination(t, echo));
      one.stream.write(Buffer.from('hello'));
      assert.equal((await one.until(5)).toString(), 'hello');
    });

    it('carries datagrams, each for itself', async (t) => {
      const { tunnel } = await startRelay(t, language, shell);
      const one = openCollected(tunnel, await udpDestination(t));
      await one.opened;
      one.stream.write(Buffer.from('one'));
      assert.equal((await one.until(3)).toString(), 'one');
      one.stream.write(Buffer.alloc(9000, 'x'));
      assert.equal((await one.until(9003)).length, 9003);
      one.stream.end();
      assert.equal(tunnel.streams(), 0);
    });

    it('listens on the target, and passes connections on until the listener is closed', async (t) => {
      const { tunnel } = await startRelay(t, language, shell);
      const accepted = collect();
      const listening = collect();
      const listener = tunnel.listen(
        { address: '127.0.0.1', port: 0 },
        listening.handlers,
        (incoming) => {
          accepted.attach(incoming.stream);
          incoming.accept(accepted.handlers);
        },
      );
      const port = await listening.opened;
      const client = connect(port, '127.0.0.1');
      client.end('from there');
      await accepted.ended;
      assert.equal(accepted.received().toString(), 'from there');
      accepted.stream.write(Buffer.from('from here'));
      accepted.stream.end();
      const [answer] = (await once(client, 'data')) as [Buffer];
      assert.equal(answer.toString(), 'from here');
      listener?.reset();
      // The answer to a later request shows that the relay has read the RESET.
      await openCollected(tunnel, await closedDestination()).reset;
      const [error] = (await once(connect(port, '127.0.0.1'), 'error')) as [NodeJS.ErrnoException];
      assert.equal(error.code, 'ECONNREFUSED');
    });

    it('resets what was reset', async (t) => {
      const { tunnel } = await startRelay(t, language, shell);
      const sockets: Socket[] = [];
      const { promise: gone, resolve } = createDeferred<undefined>();
      const destination = await tcpDestination(t, (socket) => {
        sockets.push(socket);
        socket.write('hello');
        socket.on('close', () => resolve(undefined));
      });
      const here = openCollected(tunnel, destination);
      await here.until(5);
      here.stream.reset();
      await gone;
      const there = openCollected(tunnel, destination);
      await there.until(5);
      sockets[1]?.resetAndDestroy();
      assert.equal((await there.reset).code, 'reset');
    });

    it('stops only the stream whose reader is slow, at its window', async (t) => {
      const { tunnel } = await startRelay(t, language, shell);
      const fast = await tcpDestination(t, echo);
      const source = await tcpDestination(t, (socket) => socket.end(Buffer.alloc(4_000_000, 'x')));
      const slow = openCollected(tunnel, source);
      slow.isReading = false;
      await slow.until(WINDOW_BYTES);
      const other = openCollected(tunnel, fast);
      other.stream.write(Buffer.alloc(1_000_000, 'y'));
      await other.until(1_000_000);
      assert.equal(slow.received().length, WINDOW_BYTES);
      slow.isReading = true;
      slow.stream.taken(WINDOW_BYTES);
      await slow.ended;
      assert.equal(slow.received().length, 4_000_000);
    });

    it('stops only the stream whose destination is slow', async (t) => {
      const relay = await startRelay(t, language, shell);
      const { tunnel } = relay;
      const sockets: Socket[] = [];
      const slow = openCollected(
        tunnel,
        await tcpDestination(t, (socket) => {
          socket.pause();
          sockets.push(socket);
        }),
      );
      await slow.opened;
      slow.stream.write(Buffer.alloc(50_000_000, 'x'));
      slow.stream.end();
      const other = openCollected(tunnel, await tcpDestination(t, echo));
      other.stream.write(Buffer.alloc(1_000_000, 'y'));
      await other.until(1_000_000);
      assert.ok(slow.stream.queued() > 0);
      let received = 0;
      const [socket] = sockets;
      assert.ok(socket);
      socket.on('data', (chunk: Buffer) => (received += chunk.length));
      socket.resume();
      await once(socket, 'end');
      assert.equal(received, 50_000_000);
      assert.ok(relay.peakMemory() < MEMORY_BYTES, `${relay.peakMemory()} bytes`);
    });

    it('gives each of several downloads a fair share', async (t) => {
      const { tunnel } = await startRelay(t, language, shell);
      const destination = await tcpDestination(t, (socket) => socket.end(DOWNLOAD));
      const all = Array.from({ length: DOWNLOADS }, () => openCollected(tunnel, destination));
      await Promise.race(all.map((one) => one.until(DOWNLOAD.length / 2)));
      const sizes = all.map((one) => one.received().length);
      assert.ok(Math.min(...sizes) * 2 >= Math.max(...sizes), sizes.join());
      await Promise.all(all.map(({ ended }) => ended));
      for (const one of all) assert.equal(one.received().length, DOWNLOAD.length);
    });

    it(`carries ${STREAMS} streams in little memory`, async (t) => {
      const relay = await startRelay(t, language, shell);
      const { tunnel } = relay;
      const destination = await tcpDestination(t, echo);
      const bytes = Buffer.alloc(20_000, 'z');
      const all = Array.from({ length: STREAMS }, () => openCollected(tunnel, destination));
      for (const { stream } of all) stream.write(bytes);
      await Promise.all(all.map((one) => one.until(bytes.length)));
      assert.equal(tunnel.streams(), STREAMS);
      assert.ok(relay.peakMemory() < MEMORY_BYTES, `${relay.peakMemory()} bytes`);
      for (const { stream } of all) stream.end();
      await Promise.all(all.map(({ ended }) => ended));
      assert.equal(tunnel.streams(), 0);
    });

    it('leaves nothing in the directory', async (t) => {
      const { ready, directory } = await startRelay(t, language, shell);
      await ready;
      assert.deepEqual(readdirSync(directory), []);
    });
  });
}
