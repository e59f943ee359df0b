import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import { describe, it, type TestContext } from 'node:test';
import type { PipedOptions } from '../../support/piped-program.ts';
import { openPipedSession, type PipedSession } from '../../support/target.ts';
import { runExchange, startExchangeService } from '../support/exchange.ts';
import { connectLocally, readToEnd, refusesConnections } from '../support/local-program.ts';
import { BASIC_AGENT, forwardRequest, openForward } from '../support/port-session.ts';
import { startService } from '../support/target-service.ts';

const EXCHANGE = {
  up: { seed: 1, bytes: 5_000 },
  down: { seed: 2, bytes: 7_000 },
} as const;
const LOWEST_PORT = 1;
const FIRST_UNPRIVILEGED_PORT = '/proc/sys/net/ipv4/ip_unprivileged_port_start';

/** Addresses of this machine that other machines cannot reach. */
function loopbackAddresses(): readonly string[] {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ internal }) => internal)
    .map(({ address }) => address);
}

/** A session that must be refused: for the program and the service it never began. */
async function refusedSession(
  t: TestContext,
  localPort: string,
  options: PipedOptions = {},
  version?: string,
): Promise<PipedSession> {
  const service = await startExchangeService(t);
  const wish = forwardRequest({ port: service.port, localPort });
  return openPipedSession(
    t,
    version === undefined ? wish : { ...wish, agent: { version } },
    options,
  );
}

async function assertRefused(refused: PipedSession, reason: string): Promise<void> {
  const { program, session } = refused;
  assert.deepEqual(await program.end(), { status: 1, signal: null });
  assert.equal(
    program.stdout.text,
    `\nStarting session with SessionId: ${session.sessionId}\n` +
      `Cannot perform start session: ${reason}\n`,
  );
  assert.equal((await session.closed).by, 'flag');
}

/** A port on which another program listens. */
async function takenPort(t: TestContext, address: string): Promise<number> {
  const server = createServer().listen(0, address);
  await once(server, 'listening');
  t.after(() => server.close());
  return (server.address() as AddressInfo).port;
}

describe('the local port', () => {
  for (const [name, localPort] of [
    ['absent', undefined],
    ['0', '0'],
  ] as const) {
    it(`is chosen by the system and printed when it is ${name}`, async (t) => {
      const service = await startExchangeService(t);
      const forward = await openForward(t, {
        port: service.port,
        ...(localPort === undefined ? {} : { localPort }),
      });
      assert.notEqual(forward.localPort, 0);
      await runExchange(t, forward.localPort, EXCHANGE);
    });
  }

  it('is the requested one', async (t) => {
    const service = await startService(t, (socket) => socket.end('here'));
    const free = createServer().listen(0, '127.0.0.1');
    await once(free, 'listening');
    const { port } = free.address() as AddressInfo;
    free.close();
    await once(free, 'close');
    const { localPort } = await openForward(t, { port: service.port, localPort: String(port) });
    assert.equal(localPort, port);
    const socket = await connectLocally(t, { host: '127.0.0.1', port });
    assert.equal((await readToEnd(socket)).toString(), 'here');
  });

  for (const address of ['127.0.0.1', '::1']) {
    if (!loopbackAddresses().includes(address)) continue;
    it(`can be reached at ${address}`, async (t) => {
      const service = await startService(t, (socket) => socket.end('here'));
      const { localPort } = await openForward(t, { port: service.port });
      const socket = await connectLocally(t, { host: address, port: localPort });
      assert.equal((await readToEnd(socket)).toString(), 'here');
    });
  }

  it('cannot be reached at other addresses of this machine', async (t) => {
    const service = await startExchangeService(t);
    const { localPort } = await openForward(t, { port: service.port });
    assert.ok(await refusesConnections({ host: '127.0.0.2', port: localPort }));
  });
});

describe('a local port that is not available', () => {
  it('because it is in use ends the session at once', async (t) => {
    const port = await takenPort(t, '127.0.0.1');
    const refused = await refusedSession(t, String(port));
    await assertRefused(refused, `listen tcp 127.0.0.1:${port}: bind: address already in use`);
  });

  it('because it is in use ends the session by the API for an agent without the flag', async (t) => {
    const port = await takenPort(t, '127.0.0.1');
    const refused = await refusedSession(t, String(port), {}, '2.3.722.0');
    assert.equal((await refused.program.end()).status, 1);
    assert.equal((await refused.session.closed).by, 'api');
  });

  it('because it is in use ends the session for a basic agent, too', async (t) => {
    const port = await takenPort(t, '127.0.0.1');
    const refused = await refusedSession(t, String(port), {}, BASIC_AGENT);
    await assertRefused(refused, `listen tcp 127.0.0.1:${port}: bind: address already in use`);
  });

  it('because it is privileged ends the session, where the system knows such ports', async (t) => {
    const first = Number(readFileSync(FIRST_UNPRIVILEGED_PORT, 'utf8'));
    // Only root has the right, and not always.
    const through = process.getuid?.() === 0 ? ['setpriv', '--bounding-set=-net_bind_service'] : [];
    const refused = await refusedSession(t, String(LOWEST_PORT), { through });
    if (first > LOWEST_PORT) {
      const reason = `listen tcp 127.0.0.1:${LOWEST_PORT}: bind: permission denied`;
      await assertRefused(refused, reason);
    } else {
      const opened = `Port ${LOWEST_PORT} opened for sessionId `;
      await refused.program.stdout.until('the port', (text) => text.includes(opened));
    }
  });

  for (const [localPort, reason] of [
    ['http-or-so', 'listen tcp: lookup tcp/http-or-so: unknown port'],
    ['70000', 'listen tcp: address 70000: invalid port'],
    ['-1', 'listen tcp: address -1: invalid port'],
  ] as const) {
    it(`because ${localPort} is not a port number ends the session`, async (t) => {
      await assertRefused(await refusedSession(t, localPort), reason);
    });
  }
});

describe('SSM_PLUGIN_LOCAL_HOST', () => {
  it('opens the port to other machines, with a warning on stderr', async (t) => {
    const service = await startService(t, (socket) => socket.end('here'));
    const { localPort, program } = await openForward(
      t,
      { port: service.port },
      { env: { SSM_PLUGIN_LOCAL_HOST: '0.0.0.0' } },
    );
    const socket = await connectLocally(t, { host: '127.0.0.2', port: localPort });
    assert.equal((await readToEnd(socket)).toString(), 'here');
    await program.stderr.until('the warning', (text) => text.includes('0.0.0.0'));
    assert.match(program.stderr.text, /^Warning: .*other machines/);
  });

  it('prints no warning for an address that only this machine can reach', async (t) => {
    const service = await startService(t, (socket) => socket.end('here'));
    const { localPort, program } = await openForward(
      t,
      { port: service.port },
      { env: { SSM_PLUGIN_LOCAL_HOST: '127.0.0.2' } },
    );
    const socket = await connectLocally(t, { host: '127.0.0.2', port: localPort });
    assert.equal((await readToEnd(socket)).toString(), 'here');
    assert.equal(program.stderr.text, '');
  });

  it('that is not an address of this machine ends the session', async (t) => {
    const refused = await refusedSession(t, '0', { env: { SSM_PLUGIN_LOCAL_HOST: '192.0.2.1' } });
    await assertRefused(refused, 'listen tcp 192.0.2.1:0: bind: cannot assign requested address');
  });
});
