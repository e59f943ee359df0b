import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { createDeferred } from '../../src/lib/deferred.ts';
import { spawn } from '../support/child-process.ts';
import { LOCALHOST } from '../support/localhost.ts';
import { needs } from '../support/require-tools.ts';
import { DASH } from '../support/tools.ts';
import { collect, openCollected, type CollectedStream } from './support/collected-stream.ts';
import { closedDestination, tcpDestination } from './support/destinations.ts';
import {
  PERL,
  RELAY_LANGUAGES,
  RELAY_SHELLS,
  startRelay,
  type RelayCommand,
} from './support/relay-process.ts';
import { withResolver } from './support/resolver.ts';

/** Open files of a relay, and the streams that it has then: it keeps 48 files for itself. */
const OPEN_FILES = 60;
const STREAMS = 12;

/** The constants of both relays, and one second. */
const IDLE = {
  perl: ['IDLE => 60', 'IDLE => 1'],
  python: ['64, 60, 30\n', '64, 1, 30\n'],
} as const;
const DIAL = {
  perl: ['DIAL => 3000', 'DIAL => 100'],
  python: ['64, 60, 30\n', '64, 60, 1\n'],
} as const;

const FULL_LISTENER = `
use Socket; use Fcntl;
socket my $l, AF_INET, SOCK_STREAM, 0;
bind $l, pack_sockaddr_in 0, INADDR_LOOPBACK;
listen $l, 0;
my $address = getsockname $l;
my @full = map { socket my $s, AF_INET, SOCK_STREAM, 0; fcntl $s, F_SETFL, O_NONBLOCK; connect $s, $address; $s } 1 .. 4;
syswrite STDOUT, (unpack_sockaddr_in $address)[0];
sysread STDIN, my $end, 1;
`;

/** More than a relay resolves at once (docs/design/relay.md#streams), and how many these are. */
const MANY = 40;
const RESOLVERS = 16;

/** A resolver that asks a server of the test, and finds nothing when that ends the connection. */
const askedInPython = (port: number): string => `
import socket
real = socket.getaddrinfo
def asked(host, port, family, type, protocol, flags):
    if flags:
        return real(host, port, family, type, protocol, flags)
    with socket.socket() as server:
        server.connect(("127.0.0.1", ${port}))
        server.recv(1)
    return []
socket.getaddrinfo = asked
`;
const askedInPerl = (port: number): string => `
package Names;
use Socket ();
my $real = \\&Socket::getaddrinfo;
no warnings;
*Socket::getaddrinfo = sub {
  my ($host, $port, $hints) = @_;
  return $real->($host, $port, $hints) if $$hints{flags};
  socket my $server, Socket::PF_INET, Socket::SOCK_STREAM, 0;
  connect $server, Socket::pack_sockaddr_in(${port}, Socket::INADDR_LOOPBACK);
  sysread $server, my $end, 1;
  return;
};
1;
`;

const ANY_PORT = { address: '127.0.0.1', port: 0 } as const;

for (const language of RELAY_LANGUAGES) {
  describe(`limits of the relay in ${language.name}`, needs(DASH, PERL, language.tool), () => {
    it('accepts no connection while it has no room, and waits without work', async (t) => {
      const relay = await startRelay(t, language, RELAY_SHELLS[0], {
        changed: (script) => `ulimit -n ${OPEN_FILES}\n${script}`,
      });
      const { tunnel } = relay;
      const accepted: CollectedStream[] = [];
      const listening = collect();
      const incoming = collect();
      const listener = tunnel.listen(ANY_PORT, listening.handlers, (connection) => {
        incoming.attach(connection.stream);
        accepted.push(incoming);
        connection.accept(incoming.handlers);
      });
      const port = await listening.opened;
      const destination = await tcpDestination(t, (socket) => void socket.pipe(socket));
      const open = Array.from({ length: STREAMS - 1 }, () => openCollected(tunnel, destination));
      await Promise.all(open.map(({ opened }) => opened));
      assert.equal(tunnel.streams(), STREAMS);

      const client = connect(port, ANY_PORT.address);
      await once(client, 'connect');
      client.end('patient');
      // Everything that the relay does for it would be done before it answers these requests.
      for (const one of open) {
        one.stream.write(Buffer.from('x'));
        await one.until(1);
      }
      assert.equal(accepted.length, 0);
      await sleeping(relay.relayProcess());

      open[0]?.stream.reset();
      await incoming.ended;
      assert.equal(incoming.received().toString(), 'patient');
      listener?.reset();
      client.destroy();
    });

    it('refuses a stream for which it has no room, and keeps the others', async (t) => {
      const { tunnel, ready } = await startRelay(t, language, RELAY_SHELLS[0], {
        changed: (script) => `ulimit -n ${OPEN_FILES}\n${script}`,
      });
      const destination = await tcpDestination(t, (socket) => void socket.pipe(socket));
      // Before HELLO the client does not know the limit.
      const all = Array.from({ length: STREAMS + 1 }, () => openCollected(tunnel, destination));
      await ready;
      assert.equal((await all.at(-1)?.reset)?.code, 'limit');
      await Promise.all(all.slice(0, -1).map(({ opened }) => opened));
      assert.equal(tunnel.open(destination, collect().handlers), undefined);
    });

    it('reports a destination that does not answer in time', async (t) => {
      const { tunnel } = await startRelay(
        t,
        language,
        RELAY_SHELLS[0],
        shortened(DIAL[language.name]),
      );
      const port = await fullListener(t);
      const silent = openCollected(tunnel, { kind: 'tcp', address: ANY_PORT.address, port });
      assert.equal((await silent.reset).code, 'timeout');
      assert.equal(tunnel.streams(), 0);
    });

    it(`connects while ${MANY} destinations do not answer`, needs(LOCALHOST), async (t) => {
      const { tunnel } = await startRelay(t, language);
      const destination = await tcpDestination(t, (socket) => void socket.pipe(socket));
      const port = await fullListener(t);
      let resets = 0;
      for (let count = 0; count < MANY; count++) {
        const address = count % 2 === 0 ? ANY_PORT.address : 'localhost';
        const silent = openCollected(tunnel, { kind: 'tcp', address, port });
        void silent.reset.then(() => (resets += 1));
      }
      for (const address of [ANY_PORT.address, 'localhost']) {
        const other = openCollected(tunnel, { ...destination, address });
        other.stream.write(Buffer.from('hello'));
        assert.equal((await other.until(5)).toString(), 'hello');
      }
      assert.equal(resets, 0);
      assert.equal(tunnel.streams(), MANY + 2);
    });

    it('connects to addresses while no resolver answers, and resolves every name in the end', async (t) => {
      const questions: Socket[] = [];
      const { promise: allAsk, resolve } = createDeferred<undefined>();
      let isAnswering = false;
      const { port } = await tcpDestination(t, (socket) => {
        if (isAnswering) socket.end();
        if (questions.push(socket) === RESOLVERS) resolve(undefined);
      });
      const { tunnel } = await startRelay(
        t,
        language,
        RELAY_SHELLS[0],
        withResolver(t, { python: askedInPython(port), perl: askedInPerl(port) }),
      );
      const name = { kind: 'tcp', address: 'name.test', port: 1 } as const;
      const named = Array.from({ length: MANY }, () => openCollected(tunnel, name));
      await allAsk;
      const destination = await tcpDestination(t, (socket) => void socket.pipe(socket));
      const other = openCollected(tunnel, destination);
      other.stream.write(Buffer.from('hello'));
      assert.equal((await other.until(5)).toString(), 'hello');
      assert.equal(tunnel.streams(), MANY + 1);
      assert.equal(questions.length, RESOLVERS);

      isAnswering = true;
      for (const socket of questions) socket.end();
      for (const { reset } of named) assert.equal((await reset).code, 'unresolved');
      assert.equal(questions.length, MANY);
    });

    it('ends when nothing comes for its time', async (t) => {
      const idle = shortened(IDLE[language.name]);
      const relay = await startRelay(t, language, RELAY_SHELLS[0], idle);
      await openCollected(relay.tunnel, await closedDestination()).reset;
      await relay.ended;
    });
  });
}

/** Makes a time of the relay one second. */
function shortened([time, second]: readonly [string, string]): RelayCommand {
  return {
    changed(script) {
      assert.equal(script.split(time).length, 2, time);
      return script.replace(time, second);
    },
  };
}

/** Resolves when a process waits: one that has work all the time never does. */
async function sleeping(process: number): Promise<void> {
  while (!readFileSync(`/proc/${process}/stat`, 'utf8').includes(') S ')) await setImmediate();
}

/** The port of a listener of loopback whose backlog is full, so that Linux answers no further SYN (`listen(2)`, tcp(7)). */
async function fullListener(t: TestContext): Promise<number> {
  const child = spawn('perl', ['-e', FULL_LISTENER], { stdio: ['pipe', 'pipe', 'inherit'] });
  t.after(() => child.kill());
  const [port] = (await once(child.stdout, 'data')) as [Buffer];
  return Number(port);
}
