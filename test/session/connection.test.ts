import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { createChannel, type Channel } from '../../src/channel/channel.ts';
import { silentLogger } from '../../src/logging/logger.ts';
import { connect, type Connection, type ConnectionEnd } from '../../src/session/connection.ts';
import type { ResumeAnswer, SessionService } from '../../src/session/session-service.ts';
import { createVirtualClock, type VirtualClock } from '../support/virtual-clock.ts';
import { createScriptedSockets, settle, type ScriptedSockets } from './scripted-sockets.ts';

const MINUTE_MS = 60_000;

interface Setup {
  readonly clock: VirtualClock;
  readonly sockets: ScriptedSockets;
  readonly channel: Channel;
  readonly connection: Connection;
  readonly ends: ConnectionEnd[];
  /** What ResumeSession answers next; the last one stays. */
  readonly answers: ResumeAnswer[];
  readonly calls: { resume: number; sign: string[] };
  readonly notices: string[];
}

const RESUMED: ResumeAnswer = { kind: 'resumed', tokenValue: 'second', streamUrl: 'wss://new/' };

function setUp(prepare: (sockets: ScriptedSockets) => void = () => undefined): Setup {
  const clock = createVirtualClock();
  const sockets = createScriptedSockets();
  prepare(sockets);
  const ends: ConnectionEnd[] = [];
  const answers: ResumeAnswer[] = [];
  const notices: string[] = [];
  const calls: Setup['calls'] = { resume: 0, sign: [] };
  const channel = createChannel({
    clock,
    logger: silentLogger,
    fillRandom: () => undefined,
    messagesPerSecond: 0,
    deliver: () => true,
    next: () => undefined,
    closedByService: () => undefined,
    agentConnected: () => undefined,
    gaveUp: () => undefined,
  });
  const service: SessionService = {
    signUpgrade: (url) => {
      calls.sign.push(url);
      return Promise.resolve({ authorization: `signature ${calls.sign.length}` });
    },
    resumeSession: () => {
      calls.resume++;
      const answer = answers.length > 1 ? answers.shift() : answers[0];
      return Promise.resolve(answer ?? { kind: 'unavailable', reason: 'no answer prepared' });
    },
    terminateSession: () => Promise.resolve(),
    generateDataKey: () => Promise.reject(new Error('not asked for')),
  };
  let uuid = 0;
  const connection = connect({
    streamUrl: 'wss://first/',
    tokenValue: 'first',
    clientVersion: '1.2.3.4',
    channel,
    service,
    openSocket: sockets.open,
    clock,
    logger: silentLogger,
    newUuid: () => `uuid-${uuid++}`,
    random: () => 0.5,
    pingIntervalMs: 5 * MINUTE_MS,
    resumeTimeoutMs: 20 * MINUTE_MS,
    reconnecting: () => notices.push('reconnecting'),
    reconnected: () => notices.push('reconnected'),
    ended: (end) => ends.push(end),
  });
  return { clock, sockets, channel, connection, ends, answers, calls, notices };
}

/** Lets time pass in steps, with promises settling in between. */
async function pass(clock: VirtualClock, milliseconds: number, step = 500): Promise<void> {
  await settle();
  for (let passed = 0; passed < milliseconds; passed += step) {
    clock.advance(step);
    await settle();
  }
}

suite('connection', () => {
  test('opens with a signed upgrade, the token in a text frame, and a ping', async () => {
    const { sockets } = setUp();
    await settle();
    const socket = sockets.last();
    assert.equal(socket.url, 'wss://first/');
    assert.deepEqual(socket.headers, { authorization: 'signature 1' });
    assert.deepEqual(
      socket.texts.map((text): unknown => JSON.parse(text)),
      [
        {
          MessageSchemaVersion: '1.0',
          RequestId: 'uuid-1',
          TokenValue: 'first',
          ClientId: 'uuid-0',
          ClientVersion: '1.2.3.4',
        },
      ],
    );
    assert.equal(socket.pings, 1);
  });

  test('tries five times to connect, and then says why not', async () => {
    const { sockets, ends, clock } = setUp((prepared) =>
      prepared.openings.push('refused', 'refused', 'refused', 'refused', 'refused'),
    );
    await pass(clock, 30_000, 50);
    assert.equal(sockets.tries, 5);
    assert.deepEqual(ends, [{ kind: 'not-opened', reason: 'nobody listens' }]);
    assert.equal(clock.pending, 0);
  });

  test('does not try again where that cannot help', async () => {
    const { sockets, ends } = setUp((prepared) => prepared.openings.push('tls'));
    await settle();
    assert.equal(sockets.tries, 1);
    assert.deepEqual(ends, [{ kind: 'not-opened', reason: 'the certificate is not trusted' }]);
  });

  test('stops connecting when it is closed', async () => {
    const { connection, ends, clock } = setUp((prepared) => prepared.openings.push('hangs'));
    await settle();
    connection.close();
    await settle();
    assert.deepEqual(ends, []);
    assert.equal(clock.pending, 0);
  });

  test('resumes a lost socket at once, with a new token, URL and signature', async () => {
    const { sockets, answers, calls, notices } = setUp();
    answers.push(RESUMED);
    await settle();
    sockets.last().events.pong();
    sockets.last().events.lost('closed with code 1000 (Bye)');
    await settle();
    assert.equal(sockets.sockets.length, 2);
    assert.equal(sockets.last().url, 'wss://new/');
    assert.equal(
      (JSON.parse(sockets.last().texts[0] ?? '') as { TokenValue: string }).TokenValue,
      'second',
    );
    assert.deepEqual(calls.sign, ['wss://first/', 'wss://new/']);
    assert.deepEqual(notices, []);
  });

  test('keeps the URL when ResumeSession gives none', async () => {
    const { sockets, answers } = setUp();
    answers.push({ kind: 'resumed', tokenValue: 'second', streamUrl: '' });
    await settle();
    sockets.last().events.lost('gone');
    await settle();
    assert.equal(sockets.last().url, 'wss://first/');
  });

  test('keeps trying for twenty minutes, says so once, and then gives up with the reason', async () => {
    const { sockets, answers, ends, notices, clock, calls } = setUp();
    answers.push({ kind: 'unavailable', reason: 'the network is down' });
    await settle();
    sockets.last().events.pong();
    sockets.last().events.lost('gone');
    await pass(clock, 19 * MINUTE_MS);
    assert.deepEqual(ends, []);
    assert.deepEqual(notices, ['reconnecting']);
    await pass(clock, 2 * MINUTE_MS);
    assert.deepEqual(ends, [{ kind: 'lost', reason: 'the network is down' }]);
    assert.ok(calls.resume > 100, `${calls.resume} tries`);
    assert.equal(clock.pending, 0);
  });

  test('says that it is back when it has said that it was gone', async () => {
    const { sockets, answers, notices, clock } = setUp();
    answers.push({ kind: 'unavailable', reason: 'the network is down' });
    await settle();
    sockets.last().events.pong();
    sockets.last().events.lost('gone');
    await pass(clock, MINUTE_MS);
    answers.splice(0, 1, RESUMED);
    await pass(clock, 10_000);
    sockets.last().events.pong();
    assert.deepEqual(notices, ['reconnecting', 'reconnected']);
  });

  test('does not take a socket that says nothing before it is lost again for a success', async () => {
    const { sockets, answers, clock } = setUp();
    answers.push(RESUMED);
    await settle();
    sockets.last().events.pong();
    for (let i = 0; i < 5; i++) {
      sockets.last().events.lost('closed with code 1008');
      await settle();
    }
    // The first is resumed at once; after that each waits longer than the one before.
    assert.equal(sockets.sockets.length, 2);
    await pass(clock, 400);
    sockets.last().events.lost('closed with code 1008');
    await settle();
    const before = sockets.sockets.length;
    await pass(clock, 150, 50);
    assert.equal(sockets.sockets.length, before);
  });

  test('ends when the service says that the session is over', async () => {
    const { sockets, answers, ends } = setUp();
    answers.push({ kind: 'over' });
    await settle();
    sockets.last().events.lost('gone');
    await settle();
    assert.deepEqual(ends, [{ kind: 'over' }]);
  });

  test('tries the old token once when ResumeSession is refused', async () => {
    const { sockets, answers, ends } = setUp();
    answers.push({ kind: 'refused', reason: 'the credentials have expired' });
    await settle();
    sockets.last().events.pong();
    sockets.last().events.lost('gone');
    await settle();
    assert.equal(sockets.sockets.length, 2);
    assert.match(sockets.last().texts[0] ?? '', /"TokenValue":"first"/);
    assert.deepEqual(ends, []);
    sockets.last().events.lost('closed with code 1008');
    await settle();
    await settle();
    assert.deepEqual(ends, []);
  });

  test('gives up with the reason when the old token does not work either', async () => {
    const { sockets, answers, ends, clock } = setUp();
    answers.push({ kind: 'refused', reason: 'the credentials have expired' });
    await settle();
    sockets.last().events.pong();
    sockets.openings.push('refused');
    sockets.last().events.lost('gone');
    await pass(clock, 5_000);
    assert.deepEqual(ends, [{ kind: 'lost', reason: 'the credentials have expired' }]);
  });

  test('pings each interval, and takes silence for two of them for a loss', async () => {
    const { sockets, answers, clock } = setUp();
    answers.push(RESUMED);
    await settle();
    const first = sockets.last();
    first.events.pong();
    await pass(clock, 5 * MINUTE_MS + 2_000, 2_000);
    assert.equal(first.pings, 2);
    first.events.pong();
    await pass(clock, 5 * MINUTE_MS, 2_000);
    assert.equal(first.pings, 3);
    await pass(clock, 9 * MINUTE_MS, 2_000);
    assert.equal(first.ended, undefined);
    await pass(clock, 2 * MINUTE_MS, 2_000);
    assert.equal(first.ended, 'destroy');
    assert.equal(sockets.sockets.length, 2);
  });

  test('asks at once after the machine has slept, and waits some seconds only', async () => {
    const { sockets, answers, clock } = setUp();
    answers.push(RESUMED);
    await settle();
    const first = sockets.last();
    first.events.pong();
    clock.jump(3_600_000);
    await pass(clock, 2_000);
    assert.equal(first.pings, 2);
    await pass(clock, 8_000);
    assert.equal(first.ended, 'destroy');
    assert.equal(sockets.sockets.length, 2);
  });

  test('stays when the socket has survived the sleep', async () => {
    const { sockets, clock } = setUp();
    await settle();
    sockets.last().events.pong();
    clock.jump(3_600_000);
    await pass(clock, 2_000);
    sockets.last().events.pong();
    await pass(clock, 60_000);
    assert.equal(sockets.sockets.length, 1);
    assert.equal(sockets.last().ended, undefined);
  });

  test('does not take its own back-pressure for silence', async () => {
    const { sockets, channel, clock } = setUp();
    await settle();
    sockets.last().events.pong();
    channel.pauseReceiving();
    assert.equal(sockets.last().isPaused, true);
    await pass(clock, 60 * MINUTE_MS, 10_000);
    assert.equal(sockets.last().ended, undefined);
  });
});
