import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { LocalSession } from '../../../local-aws/local-aws.ts';
import type { BadNetworkWish, Traffic } from './bad-network.ts';
import { bytesOf, fingerprintOf, fingerprintOfBytes, type Content } from './content.ts';
import { workWithDatabase } from './postgresql/database-work.ts';
import { runExchange, startExchangeService, type Exchange } from './exchange.ts';
import { BASIC_AGENT, openForward } from './port-session.ts';
import { startPostgres } from './postgresql/postgresql.ts';
import { requirePostgres } from './postgresql/require-postgresql.ts';
import { requireTools } from '../../../support/require-tools.ts';
import { SSH, SSHD } from '../../../support/tools.ts';
import { HOST, startSshClient } from './ssh/ssh-client.ts';
import { startSshServer } from './ssh/ssh-server.ts';
import { openStdio, runStdioExchange } from './stdio-session.ts';
import { downloadAll } from './web/web-client.ts';
import { startWebServer } from './web/web-server.ts';

/** A kind of work for a port session, which checks every byte itself. */
export interface Load {
  readonly name: string;
  readonly traffic: Traffic;
  /** @returns the session, or undefined when the machine lacks a program that the work needs */
  run(t: TestContext, wish: BadNetworkWish): Promise<LocalSession | undefined>;
}

const KIB = 1024;
const NOTHING: Content = { seed: 0, bytes: 0 };
const LOAD_BYTES = 1536 * KIB;
const UP: Content = { seed: 1, bytes: LOAD_BYTES };
const DOWN: Content = { seed: 2, bytes: LOAD_BYTES };
const CONNECTIONS = 100;
const CONNECTION_BYTES = 15 * KIB;
const DOWNLOADS = { parallel: 20, rounds: 2, bytes: 30 * KIB } as const;
const ROWS = 4_000;
/** Of a row at its insertion; the output of COPY is a little shorter. */
const ROW_BYTES = 50;

const exchangeLoad = (name: string, exchange: Exchange): Load => ({
  name,
  traffic: { up: exchange.up.bytes, down: exchange.down.bytes },
  async run(t, wish) {
    const service = await startExchangeService(t);
    const { localPort, session } = await openForward(t, { port: service.port, ...wish });
    await runExchange(t, localPort, exchange);
    return session;
  },
});

const connections: Load = {
  name: `${CONNECTIONS} connections at once`,
  traffic: { up: CONNECTIONS * CONNECTION_BYTES, down: CONNECTIONS * CONNECTION_BYTES },
  async run(t, wish) {
    const service = await startExchangeService(t);
    const { localPort, session } = await openForward(t, { port: service.port, ...wish });
    const all = Array.from({ length: CONNECTIONS }, (_, index) =>
      runExchange(t, localPort, {
        up: { seed: index, bytes: CONNECTION_BYTES + index },
        down: { seed: 1000 + index, bytes: CONNECTION_BYTES + 3 * index },
      }),
    );
    await Promise.all(all);
    return session;
  },
};

const basic: Load = {
  name: 'an agent without smux',
  traffic: { up: LOAD_BYTES, down: LOAD_BYTES },
  async run(t, { agent, faults }) {
    const service = await startExchangeService(t);
    const { localPort, session } = await openForward(t, {
      port: service.port,
      agent: { ...agent, version: BASIC_AGENT },
      faults,
    });
    // Two connections, so that one of them follows DisconnectToPort.
    const half = LOAD_BYTES / 2;
    for (const seed of [10, 20]) {
      const exchange = { up: { seed, bytes: half }, down: { seed: seed + 1, bytes: half } };
      await runExchange(t, localPort, exchange, 'by-reset');
    }
    return session;
  },
};

const stdio: Load = {
  name: 'stdin and stdout',
  traffic: { up: LOAD_BYTES, down: LOAD_BYTES },
  async run(t, wish) {
    const service = await startExchangeService(t);
    const opened = await openStdio(t, service.port, wish);
    await runStdioExchange(opened, { up: UP, down: DOWN });
    return opened.session;
  },
};

const ssh: Load = {
  name: 'OpenSSH',
  traffic: { up: LOAD_BYTES, down: LOAD_BYTES },
  async run(t, wish) {
    if (!requireTools(t, SSH, SSHD)) return undefined;
    const server = await startSshServer(t);
    const client = await startSshClient(t, server, 'ssh', [HOST, 'cat; exit 5'], wish);
    client.program.stdin.end(bytesOf(UP));
    assert.deepEqual(await client.program.end(), { status: 5, signal: null });
    assert.equal(fingerprintOfBytes(client.program.stdout.bytes), fingerprintOf(UP));
    return client.session;
  },
};

const http: Load = {
  name: 'a web server',
  traffic: {
    up: DOWNLOADS.parallel * DOWNLOADS.rounds * DOWNLOADS.bytes,
    down: DOWNLOADS.parallel * DOWNLOADS.rounds * DOWNLOADS.bytes,
  },
  async run(t, wish) {
    const server = await startWebServer(t);
    const { localPort, session } = await openForward(t, { port: server.port, ...wish });
    await downloadAll(t, localPort, { ...DOWNLOADS, upload: DOWNLOADS.bytes });
    return session;
  },
};

const postgresql: Load = {
  name: 'PostgreSQL',
  traffic: { up: ROWS * ROW_BYTES, down: ROWS * ROW_BYTES },
  async run(t, wish) {
    const programs = requirePostgres(t);
    if (programs === undefined) return undefined;
    const { port } = await startPostgres(t, programs);
    const { localPort, session } = await openForward(t, { port, ...wish });
    await workWithDatabase(t, localPort, ROWS);
    return session;
  },
};

/** The uses of a port session. */
export const LOADS: readonly Load[] = [
  exchangeLoad('an upload', { up: { seed: 3, bytes: 3 * LOAD_BYTES }, down: NOTHING }),
  exchangeLoad('a download', { up: NOTHING, down: { seed: 4, bytes: LOAD_BYTES } }),
  exchangeLoad('both directions', { up: UP, down: DOWN }),
  connections,
  basic,
  stdio,
  ssh,
  http,
  postgresql,
];
