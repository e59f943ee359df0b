import assert from 'node:assert/strict';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { describe, it, type TestContext } from 'node:test';
import { listenForDatagrams } from '../../../../src/commands/forward/local/udp-listener.ts';
import { createDeferred } from '../../../../src/lib/deferred.ts';
import type { LocalSocket } from '../../../../src/session/port/connection/local-socket.ts';
import { createVirtualClock, type VirtualClock } from '../../../support/virtual-clock.ts';

const LOOPBACK = '127.0.0.1';
/** One frame (docs/design/relay.md#frames). */
const LARGEST = 16 * 1024;

interface Listening {
  readonly port: number;
  readonly clock: VirtualClock;
  readonly warnings: readonly string[];
  /** Those of all programs so far. */
  readonly connections: readonly LocalSocket[];
  /** What they have received, in the order of arrival. */
  readonly received: readonly Buffer[];
  /** Waits for the next datagram of any program. */
  next(): Promise<Buffer>;
  close(): void;
}

async function listen(t: TestContext): Promise<Listening> {
  const clock = createVirtualClock();
  const warnings: string[] = [];
  const connections: LocalSocket[] = [];
  const received: Buffer[] = [];
  const { promise: port, resolve } = createDeferred<number>();
  let waiting = createDeferred<Buffer>();
  const listener = listenForDatagrams(
    { port: 0, localHost: '', clock, warn: (text) => warnings.push(text) },
    {
      listening: (on) => resolve(on.kind === 'tcp' ? on.port : 0),
      failed: ({ problem }) => assert.fail(problem),
      connection(connection) {
        connections.push(connection);
        connection.on('data', (bytes: Buffer) => {
          received.push(bytes);
          waiting.resolve(bytes);
          waiting = createDeferred();
        });
      },
    },
  );
  t.after(() => listener.close());
  return {
    port: await port,
    ...{ clock, warnings, connections, received },
    next: () => waiting.promise,
    close: () => listener.close(),
  };
}

function createProgram(t: TestContext): Socket {
  const socket = createSocket('udp4');
  t.after(() => socket.close());
  return socket;
}

describe('a local port for datagrams', { timeout: 60_000 }, () => {
  it('has a connection for each program, which keeps the bounds of datagrams, also of empty ones', async (t) => {
    const listening = await listen(t);
    const [first, second] = [createProgram(t), createProgram(t)];
    for (const [program, text] of [
      [first, 'a'],
      [second, 'b'],
      [first, ''],
    ] as const) {
      const arrived = listening.next();
      program.send(text, listening.port, LOOPBACK);
      assert.equal((await arrived).toString(), text);
    }
    assert.equal(listening.connections.length, 2);
    const [connection] = listening.connections;
    const answers = once(first, 'message');
    connection?.write(Buffer.from('answer'));
    assert.equal(String((await answers)[0]), 'answer');
    assert.deepEqual([connection?.bytesRead, connection?.bytesWritten], [1, 6]);
  });

  it('discards a program that has been idle for a minute, and takes it again', async (t) => {
    const listening = await listen(t);
    const program = createProgram(t);
    const arrived = listening.next();
    program.send('before', listening.port, LOOPBACK);
    await arrived;
    const [connection] = listening.connections;
    assert.ok(connection);
    listening.clock.advance(55_000);
    assert.equal(connection.destroyed, false);
    const closed = once(connection, 'close');
    listening.clock.advance(10_000);
    await closed;
    const again = listening.next();
    program.send('after', listening.port, LOOPBACK);
    assert.equal((await again).toString(), 'after');
    assert.equal(listening.connections.length, 2);
  });

  it('drops what is too long for a frame, reports the first, and the number at the end', async (t) => {
    const listening = await listen(t);
    const program = createProgram(t);
    for (let count = 0; count < 3; count++) {
      program.send(Buffer.alloc(LARGEST + 1), listening.port, LOOPBACK);
    }
    const arrived = listening.next();
    program.send(Buffer.alloc(LARGEST), listening.port, LOOPBACK);
    assert.equal((await arrived).length, LARGEST);
    assert.deepEqual(listening.warnings, ['A datagram was dropped: it has more than 16384 bytes.']);
    listening.close();
    assert.equal(listening.warnings[1], '3 datagrams were dropped.');
  });

  it('takes 256 programs at the same time', async (t) => {
    const listening = await listen(t);
    const programs = Array.from({ length: 256 }, () => createProgram(t));
    const late = createProgram(t);
    for (const program of programs) {
      const arrived = listening.next();
      program.send('one', listening.port, LOOPBACK);
      await arrived;
    }
    late.bind({ address: LOOPBACK, port: 0 });
    await once(late, 'listening');
    late.send('too many', listening.port, LOOPBACK);
    const last = listening.next();
    programs[1]?.send('after it', listening.port, LOOPBACK);
    assert.equal((await last).toString(), 'after it');
    const [connection] = listening.connections;
    const closed = connection && once(connection, 'close');
    connection?.destroy();
    await closed;
    const arrived = listening.next();
    late.send('there is room', listening.port, LOOPBACK);
    assert.equal((await arrived).toString(), 'there is room');
    assert.equal(listening.received.length, 258);
    assert.match(listening.warnings[0] ?? '', /at most 256 programs/);
  });

  it('keeps eight datagrams for a program whose connection is not read', async (t) => {
    const listening = await listen(t);
    const program = createProgram(t);
    const arrived = listening.next();
    program.send('0', listening.port, LOOPBACK);
    await arrived;
    const [connection] = listening.connections;
    connection?.pause();
    for (let count = 1; count <= 10; count++) program.send(String(count), listening.port, LOOPBACK);
    // Another program's datagram arrives after all of these.
    const last = listening.next();
    createProgram(t).send('last', listening.port, LOOPBACK);
    await last;
    connection?.resume();
    const rest = once(connection ?? program, 'data');
    await rest;
    await new Promise(setImmediate);
    assert.deepEqual(listening.received.map(String), [
      '0',
      'last',
      '1',
      '2',
      '3',
      '4',
      '5',
      '6',
      '7',
      '8',
    ]);
    assert.match(listening.warnings[0] ?? '', /its session was not ready/);
  });
});
