import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type ListenOptions, type Socket } from 'node:net';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { createPeerCheck, readTable } from '../../src/network/peer-check.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { createVirtualClock } from '../support/virtual-clock.ts';

const TIMEOUT = { timeout: 60_000 };
const LINUX_ONLY =
  process.platform === 'linux' ? TIMEOUT : { ...TIMEOUT, skip: 'only Linux has these tables' };

interface Pair {
  /** The program's end of the connection. */
  readonly program: Socket;
  /** The end that checks. When the program has ended its direction, this end has received that. */
  readonly accepted: Socket;
}

async function connectPair(t: TestContext, where: ListenOptions): Promise<Pair> {
  const server = createServer({ allowHalfOpen: true });
  server.listen(where);
  await once(server, 'listening');
  const address = server.address();
  const accepting = once(server, 'connection');
  const program = connect({
    allowHalfOpen: true,
    ...(typeof address === 'object' && address !== null
      ? { host: address.address, port: address.port }
      : { path: where.path ?? '' }),
  });
  const [accepted] = (await accepting) as [Socket];
  for (const socket of [program, accepted]) socket.on('error', () => undefined);
  accepted.resume();
  t.after(() => {
    program.destroy();
    accepted.destroy();
    server.close();
  });
  return { program, accepted };
}

/** Closes a connection completely; resolves when the other side has received that. */
async function closeFrom(program: Socket, accepted: Socket): Promise<void> {
  const seen = Promise.all([once(program, 'close'), once(accepted, 'end')]);
  program.destroySoon();
  await seen;
}

/** Each check has its own clock, so that no second read has to wait. */
function check(socket: Socket): Promise<boolean> {
  return createPeerCheck({ clock: createVirtualClock(), platform: process.platform, readTable })(
    socket,
  );
}

/** A unix socket in a temporary directory. */
function unixSocket(t: TestContext): ListenOptions {
  return { path: join(temporaryDirectory(t), 'socket') };
}

describe('whether a program has closed its connection', LINUX_ONLY, () => {
  const places: readonly (readonly [string, (t: TestContext) => ListenOptions])[] = [
    ['127.0.0.1', () => ({ host: '127.0.0.1', port: 0 })],
    ['::1', () => ({ host: '::1', port: 0 })],
    ['a unix socket', unixSocket],
  ];
  for (const [name, where] of places) {
    it(`${name}: it has closed`, async (t) => {
      const { program, accepted } = await connectPair(t, where(t));
      program.write('goodbye');
      await closeFrom(program, accepted);
      assert.equal(await check(accepted), true);
    });

    it(`${name}: it has only ended its sending direction, and gets its answer`, async (t) => {
      const { program, accepted } = await connectPair(t, where(t));
      program.end('request');
      await once(accepted, 'end');
      assert.equal(await check(accepted), false);
      accepted.end('answer');
      assert.equal(String((await once(program, 'data'))[0]), 'answer');
    });
  }

  it('a program that has answered bytes with a reset, without a table', async (t) => {
    const { program, accepted } = await connectPair(t, { host: '127.0.0.1', port: 0 });
    const checkElsewhere = createPeerCheck({
      clock: createVirtualClock(),
      platform: 'darwin',
      readTable: () => Promise.reject(new Error('there is none')),
    });
    await closeFrom(program, accepted);
    assert.equal(await checkElsewhere(accepted), false);
    accepted.write('an answer');
    while (!(await checkElsewhere(accepted))) await setImmediate();
  });

  it('a table that cannot be read shows nothing', async (t) => {
    const { program, accepted } = await connectPair(t, { host: '127.0.0.1', port: 0 });
    await closeFrom(program, accepted);
    const checkWithout = createPeerCheck({
      clock: createVirtualClock(),
      platform: 'linux',
      readTable: () => Promise.reject(new Error('EACCES')),
    });
    assert.equal(await checkWithout(accepted), false);
  });
});

it('checks at the same time share a read, the next one waits', TIMEOUT, async (t) => {
  const { accepted } = await connectPair(t, { host: '127.0.0.1', port: 0 });
  const clock = createVirtualClock();
  let reads = 0;
  const checkCounted = createPeerCheck({
    clock,
    platform: 'linux',
    readTable() {
      reads++;
      return Promise.resolve('');
    },
  });
  await Promise.all(Array.from({ length: 100 }, () => checkCounted(accepted)));
  // Each read has two files.
  assert.equal(reads, 2);
  const next = Array.from({ length: 100 }, () => checkCounted(accepted));
  while (clock.pending === 0) await setImmediate();
  assert.equal(reads, 2);
  clock.advance(50);
  await Promise.all(next);
  assert.equal(reads, 4);
});
