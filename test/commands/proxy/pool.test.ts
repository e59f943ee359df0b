import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  IDLE_FAILED_SESSION_MS,
  IDLE_SESSION_MS,
  MAX_SESSIONS,
  ROOM_TIMEOUT_MS,
} from '../../../src/commands/proxy/pool/pool.ts';
import { JOIN_TIMEOUT_MS } from '../../../src/cli/run/start/start-limits.ts';
import { settle } from '../../session/connection/scripted-sockets.ts';
import { CLOSED_AFTER_MS, REFUSAL, startPool, close, startMany } from './support/test-pool.ts';

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
