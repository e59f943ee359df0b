import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ProxyClient, Refusal } from '../../../src/commands/proxy/clients/proxy-client.ts';
import { REPLY_TRANSITIONS } from '../../../src/commands/proxy/clients/reply-state.ts';
import { createSocketPair } from '../../../src/commands/proxy/http/socket-pair.ts';
import type { DestinationSession } from '../../../src/commands/proxy/pool/destination-session.ts';
import { FAILURE_WAIT_MS } from '../../../src/commands/proxy/pool/pending-reply.ts';
import {
  createPool,
  IDLE_FAILED_SESSION_MS,
  IDLE_SESSION_MS,
  MAX_SESSIONS,
  ROOM_TIMEOUT_MS,
  type Pool,
} from '../../../src/commands/proxy/pool/pool.ts';
import { POOL_TRANSITIONS } from '../../../src/commands/proxy/pool/pool-state.ts';
import { JOIN_TIMEOUT_MS } from '../../../src/cli/run/start/start-limits.ts';
import { createDeferred } from '../../../src/lib/deferred.ts';
import type { LocalSocket } from '../../../src/session/port/connection/local-socket.ts';
import type { Membership } from '../../../src/session/port/listen/local-port.ts';
import { settle } from '../../session/connection/scripted-sockets.ts';
import { createMemoryLink } from '../../session/port/support/memory-link.ts';
import { createTestHost } from '../../session/port/support/local-programs.ts';
import { createVirtualClock, type VirtualClock } from '../../support/virtual-clock.ts';

/** A session of the pool that a test runs in place of AWS and the agent. */
interface RunSession {
  readonly session: DestinationSession;
  readonly taken: LocalSocket[];
  isStopped: boolean;
  join(): Promise<void>;
  end(refusal?: Refusal): Promise<void>;
}

interface TestPool {
  readonly pool: Pool;
  readonly clock: VirtualClock;
  readonly sessions: readonly RunSession[];
  /** Sockets whose programs have closed them, which shows nothing here. */
  readonly closedPeers: Set<object>;
  /** A client connects. @returns what it got so far, and its socket */
  readonly connect: (host: string) => TestClient;
}

interface TestClient {
  readonly got: string[];
  readonly socket: LocalSocket;
}

/** The first check of a closed connection (docs/design/limits.md#ports). */
const CLOSED_AFTER_MS = 31_000;

const REFUSAL: Refusal = { kind: 'failed', code: 'code', problem: 'It is down.', remedy: '' };

function startPool(): TestPool {
  const clock = createVirtualClock();
  const sessions: RunSession[] = [];
  const closedPeers = new Set<object>();
  const context = {
    clock,
    hasPeerClosed: (socket: object) => Promise.resolve(closedPeers.has(socket)),
    target: 'web',
    on: { kind: 'tcp', port: 1080, addresses: ['127.0.0.1'] } as const,
    report: () => undefined,
  };
  const pool = createPool(context, (session) => {
    const ended = createDeferred<Refusal | undefined>();
    const taken: LocalSocket[] = [];
    const localPort = session.createLocalPort();
    let membership: Membership | undefined;
    const run: RunSession = {
      session,
      taken,
      isStopped: false,
      async join() {
        membership = localPort.join({
          link: createMemoryLink(),
          host: createTestHost(),
          openListener: () => ({ close: () => undefined }),
          isConnected: () => true,
          load: () => 0,
          listening: () => undefined,
          take: (socket) => void taken.push(socket),
          crowded: () => undefined,
          probe: () => undefined,
        });
        await settle();
      },
      async end(refusal) {
        membership?.leave();
        ended.resolve(refusal);
        await settle();
      },
    };
    session.stop = () => {
      run.isStopped = true;
      void run.end();
    };
    sessions.push(run);
    return ended.promise;
  });
  return {
    pool,
    clock,
    sessions,
    closedPeers,
    connect(host) {
      const got: string[] = [];
      const [, socket] = createSocketPair();
      const client: ProxyClient = {
        socket,
        accept: () => void got.push('accepted'),
        refuse: ({ kind, code }) => void got.push(`${kind} ${code}`),
        reset: () => void got.push('reset'),
      };
      pool.connect(client, { host, port: 80 });
      return { got, socket };
    },
  };
}

async function close({ socket }: TestClient): Promise<void> {
  socket.destroy();
  await settle();
}

/** Starts a session for each of these hosts, with an open connection. */
async function startMany(test: TestPool, count: number): Promise<readonly TestClient[]> {
  const clients: TestClient[] = [];
  for (let i = 0; i < count; i++) {
    clients.push(test.connect(`host-${i}`));
    await test.sessions[i]?.join();
  }
  return clients;
}

describe('the sessions of a proxy', () => {
  it('are shared by the connections of a destination', async () => {
    const { sessions, connect } = startPool();
    const first = connect('db');
    connect('other');
    connect('db');
    assert.equal(sessions.length, 2);
    await sessions[0]?.join();
    assert.deepEqual([sessions[0]?.taken.length, sessions[1]?.taken.length], [2, 0]);
    connect('db');
    assert.equal(sessions[0]?.taken.length, 3);
    assert.deepEqual(first.got, []);
  });

  it('are started a few at a time', async () => {
    const { sessions, connect } = startPool();
    for (let i = 0; i < 6; i++) connect(`host-${i}`);
    assert.equal(sessions.length, 4);
    await sessions[0]?.join();
    assert.equal(sessions.length, 5);
    await sessions[1]?.end(REFUSAL);
    assert.equal(sessions.length, 6);
  });

  it('end when they are idle for five minutes, counted from the last connection', async () => {
    const test = startPool();
    const [client] = await startMany(test, 1);
    assert.ok(client);
    test.clock.advance(2 * IDLE_SESSION_MS);
    await close(client);
    test.clock.advance(IDLE_SESSION_MS - 1);
    const again = test.connect('host-0');
    assert.equal(test.sessions.length, 1);
    await close(again);
    test.clock.advance(IDLE_SESSION_MS - 1);
    const [run] = test.sessions;
    assert.ok(run);
    const stops = [run.isStopped];
    test.clock.advance(1);
    stops.push(run.isStopped);
    assert.deepEqual(stops, [false, true]);
    await settle();
    test.connect('host-0');
    assert.equal(test.sessions.length, 2);
    assert.equal(IDLE_SESSION_MS, 300_000);
  });

  it('end sooner after a failure: the agent resolves a name only once', async () => {
    const test = startPool();
    const [client] = await startMany(test, 1);
    assert.ok(client);
    test.sessions[0]?.session.receive({
      kind: 'answered',
      connection: client.socket,
      by: 'failure',
    });
    assert.deepEqual(client.got, ['unreachable proxy-destination-unreachable']);
    await close(client);
    test.clock.advance(IDLE_FAILED_SESSION_MS);
    assert.equal(test.sessions[0]?.isStopped, true);
  });

  it('are twenty at most: the one that is idle for the longest time ends for another', async () => {
    const test = startPool();
    const clients = await startMany(test, MAX_SESSIONS);
    assert.equal(MAX_SESSIONS, 20);
    for (const index of [7, 3]) {
      const client = clients[index];
      assert.ok(client);
      await close(client);
      test.clock.advance(1_000);
    }
    test.connect('one more');
    await settle();
    assert.deepEqual(
      test.sessions.flatMap(({ isStopped }, index) => (isStopped ? [index] : [])),
      [7],
    );
    assert.equal(test.sessions.length, MAX_SESSIONS + 1);
  });

  it('that are all busy let further clients wait for half a minute', async () => {
    const test = startPool();
    const clients = await startMany(test, MAX_SESSIONS);
    const late = test.connect('late');
    test.clock.advance(ROOM_TIMEOUT_MS - 1);
    assert.deepEqual(late.got, []);
    test.clock.advance(1);
    assert.deepEqual(late.got, ['busy proxy-busy']);
    const lucky = test.connect('lucky');
    assert.ok(clients[0]);
    await close(clients[0]);
    await settle();
    assert.equal(test.sessions.at(-1)?.session.destination.host, 'lucky');
    assert.deepEqual(lucky.got, []);
  });

  it('that only wait for the start of others do not refuse their clients', async () => {
    const { sessions, connect, clock } = startPool();
    const clients = Array.from({ length: 6 }, (_, i) => connect(`host-${i}`));
    clock.advance(2 * ROOM_TIMEOUT_MS);
    assert.deepEqual(clients.at(-1)?.got, []);
    for (const index of [0, 1, 2, 3, 4, 5]) await sessions[index]?.join();
    assert.deepEqual(
      sessions.map(({ taken }) => taken.length),
      [1, 1, 1, 1, 1, 1],
    );
  });

  it('are not started for clients that have left', async () => {
    const test = startPool();
    const clients = await startMany(test, MAX_SESSIONS);
    await close(test.connect('impatient'));
    const patient = test.connect('patient');
    assert.ok(clients[0]);
    await close(clients[0]);
    await settle();
    assert.equal(test.sessions.at(-1)?.session.destination.host, 'patient');
    assert.equal(test.sessions.length, MAX_SESSIONS + 1);
    assert.deepEqual(patient.got, []);
  });

  it('do not get connections that their programs have closed half a minute before', async () => {
    const { sessions, connect, clock, closedPeers } = startPool();
    const [first, second] = [connect('db'), connect('db')];
    closedPeers.add(first.socket);
    clock.advance(CLOSED_AFTER_MS);
    await settle();
    await sessions[0]?.join();
    assert.deepEqual(sessions[0]?.taken, [second.socket]);
    assert.equal(first.socket.destroyed, true);
  });

  it('that do not start within two minutes make room for others', async () => {
    const { sessions, connect, clock } = startPool();
    const client = connect('db');
    clock.advance(JOIN_TIMEOUT_MS - 1);
    assert.deepEqual(client.got, []);
    clock.advance(1);
    await settle();
    assert.deepEqual(client.got, ['failed proxy-session-ended']);
    assert.equal(sessions[0]?.isStopped, true);
    connect('db');
    assert.equal(sessions.length, 2);
  });

  it('that cannot be started refuse their clients with the reason, and the next client starts another', async () => {
    const { sessions, connect } = startPool();
    const [first, second] = [connect('db'), connect('db')];
    await sessions[0]?.end(REFUSAL);
    assert.deepEqual([first.got, second.got], [['failed code'], ['failed code']]);
    connect('db');
    assert.equal(sessions.length, 2);
  });

  it('that end as soon as they have started refuse their clients', async () => {
    const { sessions, connect } = startPool();
    const client = connect('db');
    const [run] = sessions;
    assert.ok(run);
    const joined = run.join();
    await run.end(REFUSAL);
    await joined;
    assert.deepEqual(client.got, ['failed code']);
  });

  it('that end refuse the clients without a reply, and leave the others to the end of the session', async () => {
    const test = startPool();
    const [answered] = await startMany(test, 1);
    const [run] = test.sessions;
    assert.ok(answered !== undefined && run !== undefined);
    run.session.receive({ kind: 'answered', connection: answered.socket, by: 'bytes' });
    assert.deepEqual(answered.got, ['accepted']);
    run.session.receive({ kind: 'answered', connection: answered.socket, by: 'failure' });
    assert.deepEqual(answered.got, ['accepted', 'reset']);
    const pending = test.connect('host-0');
    run.session.receive({
      kind: 'session-ending',
      failure: { code: 'x', problem: 'y', remedy: '' },
    });
    assert.deepEqual(pending.got, ['failed x']);
    test.connect('host-0');
    assert.equal(test.sessions.length, 2);
  });

  it('end with the proxy, also those that wait or are being started', async () => {
    const test = startPool();
    await startMany(test, MAX_SESSIONS);
    test.connect('waiting');
    const closed = test.pool.close();
    assert.ok(test.sessions.every(({ isStopped }) => isStopped));
    await closed;
    assert.equal(test.clock.pending, 0);
  });
});

describe('the reply to a client', () => {
  it('waits for the destination, but only a moment after the agent has the request', async () => {
    const test = startPool();
    const [client] = await startMany(test, 1);
    const [run] = test.sessions;
    assert.ok(client !== undefined && run !== undefined);
    test.clock.advance(60_000);
    assert.deepEqual(client.got, []);
    run.session.receive({ kind: 'requested', connection: client.socket });
    test.clock.advance(FAILURE_WAIT_MS - 1);
    assert.deepEqual(client.got, []);
    test.clock.advance(1);
    assert.deepEqual(client.got, ['accepted']);
  });

  it('is sent at once when the destination has answered before, until it fails', async () => {
    const test = startPool();
    const [client] = await startMany(test, 1);
    const [run] = test.sessions;
    assert.ok(client !== undefined && run !== undefined);
    run.session.receive({ kind: 'answered', connection: client.socket, by: 'end' });
    assert.deepEqual(client.got, ['accepted']);
    const next = test.connect('host-0');
    assert.deepEqual(next.got, ['accepted']);
    run.session.receive({ kind: 'answered', connection: next.socket, by: 'failure' });
    assert.deepEqual(next.got, ['accepted', 'reset']);
    assert.deepEqual(test.connect('host-0').got, []);
  });

  it('is sent once, and nothing follows the end', () => {
    for (const state of ['waiting', 'accepted', 'closed'] as const) {
      for (const [next, effect] of Object.values(REPLY_TRANSITIONS[state])) {
        if (state === 'closed') assert.deepEqual([next, effect], ['closed', undefined]);
        if (effect === 'accept' || effect === 'refuse') assert.equal(state, 'waiting');
        if (effect === 'reset') assert.equal(state, 'accepted');
      }
    }
  });

  it('and sessions end for good', () => {
    assert.deepEqual(POOL_TRANSITIONS.ended, {});
    for (const transitions of Object.values(POOL_TRANSITIONS)) {
      if (transitions !== POOL_TRANSITIONS.ended) assert.equal(transitions.ended, 'ended');
    }
  });
});
