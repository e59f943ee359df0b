import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type ListenOptions, type Server } from 'node:net';
import { networkInterfaces } from 'node:os';
import { describe, it, type TestContext } from 'node:test';
import type { PortHost } from '../../../../src/session/port/port-host.ts';
import type { MemoryLink } from '../support/memory-link.ts';
import { AGENTS, startListening } from '../support/start-listening.ts';
import { callerTexts } from '../support/caller-texts.ts';

const TIMEOUT = { timeout: 60_000 };

const portOf = (link: MemoryLink): number => Number(/^Port (\d+) /.exec(link.printed)?.[1]);

/** Whether a program can connect to this address. */
async function accepts(host: string, port: number): Promise<boolean> {
  const socket = connect({ host, port });
  const outcome = await Promise.race([
    once(socket, 'connect').then(() => true),
    new Promise<false>((resolve) => socket.on('error', () => resolve(false))),
  ]);
  socket.destroy();
  return outcome;
}

/** Listens on a free port, so that it is in use. */
async function occupy(t: TestContext, host = '127.0.0.1'): Promise<number> {
  const server = createServer().listen({ host, port: 0 });
  t.after(() => server.close());
  await once(server, 'listening');
  const address = server.address();
  assert.ok(typeof address === 'object' && address !== null);
  return address.port;
}

/** Real servers, but listening on these addresses fails while `code` returns the name of an error. */
function failingOn(
  address: string,
  code: () => string | undefined,
): Pick<PortHost, 'createServer'> {
  return {
    createServer(options, onConnection) {
      const server = createServer(options, onConnection);
      const listen = server.listen.bind(server) as (
        options: ListenOptions,
        callback: () => void,
      ) => Server;
      const listenOrFail = (listenOptions: ListenOptions, callback: () => void): Server => {
        const failure = listenOptions.host === address ? code() : undefined;
        if (failure === undefined) return listen(listenOptions, callback);
        const error = Object.assign(new Error(`listen ${failure}`), { code: failure });
        process.nextTick(() => server.emit('error', error));
        return server;
      };
      return Object.assign(server, { listen: listenOrFail });
    },
  };
}

const hasIpv6Loopback = Object.values(networkInterfaces()).some((addresses) =>
  addresses?.some(({ address }) => address === '::1'),
);

describe('listening on localhost', TIMEOUT, () => {
  it('is on 127.0.0.1 and, if the machine has it, on ::1, with the same port', async (t) => {
    const { link, close } = await startListening(t, {});
    const port = portOf(link);
    assert.equal(await accepts('127.0.0.1', port), true);
    assert.equal(await accepts('::1', port), hasIpv6Loopback);
    assert.equal(link.warned, '');
    close();
    assert.equal(await accepts('127.0.0.1', port), false);
    assert.equal(await accepts('::1', port), false);
  });

  it('is on the requested port', async (t) => {
    const free = createServer().listen({ host: '127.0.0.1', port: 0 });
    await once(free, 'listening');
    const address = free.address();
    assert.ok(typeof address === 'object' && address !== null);
    await new Promise((resolve) => free.close(resolve));
    const { link } = await startListening(t, { localPortNumber: String(address.port) });
    assert.equal(portOf(link), address.port);
  });

  for (const code of ['EADDRNOTAVAIL', 'EAFNOSUPPORT']) {
    it(`is on 127.0.0.1 alone when ::1 fails with ${code}`, async (t) => {
      const { link } = await startListening(
        t,
        {},
        failingOn('::1', () => code),
      );
      assert.equal(await accepts('127.0.0.1', portOf(link)), true);
      assert.deepEqual(link.ends, []);
    });
  }

  it('chooses another port when the chosen one is in use on ::1', async (t) => {
    let failures = 3;
    const parts = failingOn('::1', () => (failures-- > 0 ? 'EADDRINUSE' : undefined));
    const { link } = await startListening(t, {}, parts);
    assert.equal(await accepts('127.0.0.1', portOf(link)), true);
    assert.ok(failures <= 0);
  });

  it('fails when every chosen port is in use on ::1', async (t) => {
    let tries = 0;
    const parts = failingOn('::1', () => (tries++, 'EADDRINUSE'));
    const { link } = await startListening(t, {}, parts);
    assert.equal(link.ends.length, 1);
    assert.ok(tries > 1 && tries < 100, `${tries} tries`);
  });

  for (const [kind, agent] of Object.entries(AGENTS)) {
    it(`fails at once when the port is in use (${kind})`, async (t) => {
      const port = await occupy(t);
      const { link } = await startListening(t, { localPortNumber: String(port) }, {}, agent);
      const reason = `listen tcp 127.0.0.1:${port}: bind: address already in use`;
      assert.deepEqual(callerTexts(link), [reason]);
      assert.equal(link.printed, '');
    });
  }

  it('fails when another program has the port on ::1, which clients may try first', async (t) => {
    const free = await startListening(t, {});
    const port = portOf(free.link);
    free.close();
    const parts = failingOn('::1', () => 'EADDRINUSE');
    const { link } = await startListening(t, { localPortNumber: String(port) }, parts);
    const [end] = link.ends;
    assert.ok(end?.kind === 'cannot-start');
    assert.match(end.failure.callerText ?? '', /^listen tcp \[::1\]:\d+: bind: /);
    assert.equal(await accepts('127.0.0.1', port), false);
  });

  it('fails when the user has no right to the port', async (t) => {
    const parts: Partial<PortHost> = {
      createServer(options, onConnection) {
        const server = createServer(options, onConnection);
        const errno = -13;
        const error = Object.assign(new Error('listen EACCES'), { code: 'EACCES', errno });
        const listen = (): Server => {
          process.nextTick(() => server.emit('error', error));
          return server;
        };
        return Object.assign(server, { listen });
      },
    };
    const { link } = await startListening(t, { localPortNumber: '443' }, parts);
    const reason = 'listen tcp 127.0.0.1:443: bind: permission denied';
    assert.deepEqual(callerTexts(link), [reason]);
  });

  it('fails when the port number is invalid', async (t) => {
    const { link } = await startListening(t, { localPortNumber: '99999' });
    const reason = 'listen tcp: address 99999: invalid port';
    assert.deepEqual(callerTexts(link), [reason]);
  });
});

describe('listening on another address', TIMEOUT, () => {
  it('is possible, with a warning when other machines can reach it', async (t) => {
    const { link } = await startListening(t, {}, { localHost: '0.0.0.0' });
    assert.equal(await accepts('127.0.0.1', portOf(link)), true);
    assert.match(link.warned, /^Warning: port \d+ listens on 0\.0\.0\.0: .*\n$/);
  });

  it('does not warn about loopback addresses', async (t) => {
    for (const localHost of ['127.0.0.1', '127.1.2.3', 'localhost']) {
      const { link } = await startListening(t, {}, { localHost });
      assert.equal(link.warned, '');
    }
  });

  it('does not listen on localhost as well', async (t) => {
    const { link } = await startListening(t, {}, { localHost: '127.1.2.3' });
    assert.equal(await accepts('127.1.2.3', portOf(link)), true);
    assert.equal(await accepts('127.0.0.1', portOf(link)), false);
  });

  it('fails with the address in the reason', async (t) => {
    const port = await occupy(t, '127.1.2.3');
    const taken = await startListening(
      t,
      { localPortNumber: String(port) },
      { localHost: '127.1.2.3' },
    );
    const inUse = `listen tcp 127.1.2.3:${port}: bind: address already in use`;
    assert.deepEqual(callerTexts(taken.link), [inUse]);
    const foreign = await startListening(
      t,
      { localPortNumber: '8080' },
      { localHost: '192.0.2.1' },
    );
    const reason = 'listen tcp 192.0.2.1:8080: bind: cannot assign requested address';
    assert.deepEqual(callerTexts(foreign.link), [reason]);
  });
});
