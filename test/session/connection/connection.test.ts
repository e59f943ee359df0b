import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MINUTE_MS, pass, passUntil, RESUMED, startConnection } from './scripted-connection.ts';
import { settle } from './scripted-sockets.ts';
import { testFailure } from '../../support/test-failure.ts';

describe('connection', () => {
  it('opens with the token in a text frame, and a ping', async () => {
    const { sockets } = startConnection();
    await settle();
    const socket = sockets.last();
    assert.equal(socket.url, 'wss://first/');
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

  it('tries five times to connect, then reports the reason', async () => {
    const { sockets, ends, clock } = startConnection((prepared) =>
      prepared.openings.push('refused', 'refused', 'refused', 'refused', 'refused'),
    );
    await pass(clock, 30_000, 50);
    assert.equal(sockets.tries, 5);
    assert.deepEqual(ends, [
      { kind: 'not-opened', failure: testFailure('refused', 'connection refused') },
    ]);
    assert.equal(clock.pending, 0);
  });

  it('does not try again where that cannot help', async () => {
    const { sockets, ends } = startConnection((prepared) => prepared.openings.push('tls'));
    await settle();
    assert.equal(sockets.tries, 1);
    assert.deepEqual(ends, [
      { kind: 'not-opened', failure: testFailure('tls', 'the certificate is not trusted') },
    ]);
  });

  it('stops connecting when it is closed', async () => {
    const { connection, ends, clock } = startConnection((prepared) =>
      prepared.openings.push('hangs'),
    );
    await settle();
    connection.close();
    await settle();
    assert.deepEqual(ends, []);
    assert.equal(clock.pending, 0);
  });

  it('resumes a lost socket at once, with a new token and URL', async () => {
    const { sockets, answers, notices } = startConnection();
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
    assert.deepEqual(notices, []);
  });

  it('keeps the URL when ResumeSession gives none', async () => {
    const { sockets, answers } = startConnection();
    answers.push({ kind: 'resumed', tokenValue: 'second', streamUrl: '' });
    await settle();
    sockets.last().events.lost('closed');
    await settle();
    assert.equal(sockets.last().url, 'wss://first/');
  });

  it('keeps trying for twenty minutes, reports it once, and then ends with the reason', async () => {
    const { sockets, answers, ends, notices, clock, calls } = startConnection();
    answers.push({ kind: 'unavailable', failure: testFailure('session', 'the network is down') });
    await settle();
    sockets.last().events.pong();
    sockets.last().events.lost('closed');
    await pass(clock, 19 * MINUTE_MS);
    assert.deepEqual(ends, []);
    assert.deepEqual(notices, ['reconnecting']);
    await pass(clock, 2 * MINUTE_MS);
    assert.deepEqual(ends, [
      {
        kind: 'lost',
        failure: testFailure('session', 'the network is down'),
      },
    ]);
    assert.ok(calls.resume > 100, `${calls.resume} tries`);
    assert.equal(clock.pending, 0);
  });

  it('reports that it is connected again if it reported the loss', async () => {
    const { sockets, answers, notices, clock } = startConnection();
    answers.push({ kind: 'unavailable', failure: testFailure('session', 'the network is down') });
    await settle();
    sockets.last().events.pong();
    sockets.last().events.lost('closed');
    await pass(clock, MINUTE_MS);
    answers.splice(0, 1, RESUMED);
    await pass(clock, 10_000);
    sockets.last().events.pong();
    assert.deepEqual(notices, ['reconnecting', 'reconnected']);
  });

  it('does not count a socket that receives nothing before it is lost as a success', async () => {
    const { sockets, answers, clock } = startConnection();
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

  it('ends when the service reports that the session has ended', async () => {
    const { sockets, answers, ends } = startConnection();
    answers.push({ kind: 'ended' });
    await settle();
    sockets.last().events.lost('closed');
    await settle();
    assert.deepEqual(ends, [{ kind: 'timed-out' }]);
  });

  it('tries the old token once when ResumeSession is refused', async () => {
    const { sockets, answers, ends } = startConnection();
    answers.push({
      kind: 'refused',
      failure: testFailure('session', 'the credentials have expired'),
    });
    await settle();
    sockets.last().events.pong();
    sockets.last().events.lost('closed');
    await settle();
    assert.equal(sockets.sockets.length, 2);
    assert.match(sockets.last().texts[0] ?? '', /"TokenValue":"first"/);
    assert.deepEqual(ends, []);
    sockets.last().events.lost('closed with code 1008');
    await settle();
    await settle();
    assert.deepEqual(ends, []);
  });

  it('gives up with the reason when the old token does not work either', async () => {
    const { sockets, answers, ends, clock } = startConnection();
    answers.push({
      kind: 'refused',
      failure: testFailure('session', 'the credentials have expired'),
    });
    await settle();
    sockets.last().events.pong();
    sockets.openings.push('refused');
    sockets.last().events.lost('closed');
    await pass(clock, 5_000);
    assert.deepEqual(ends, [
      {
        kind: 'lost',
        failure: testFailure('session', 'the credentials have expired'),
      },
    ]);
  });

  it('pings each interval, and counts two idle intervals as a loss', async () => {
    const { sockets, answers, clock } = startConnection();
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
    await passUntil(clock, () => first.ended === 'destroy', 2 * MINUTE_MS);
    assert.equal(sockets.sockets.length, 2);
  });

  it('asks at once after the machine has slept, and waits some seconds only', async () => {
    const { sockets, answers, clock } = startConnection();
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

  it('stays when the socket has survived the sleep', async () => {
    const { sockets, clock } = startConnection();
    await settle();
    sockets.last().events.pong();
    clock.jump(3_600_000);
    await pass(clock, 2_000);
    sockets.last().events.pong();
    await pass(clock, 60_000);
    assert.equal(sockets.sockets.length, 1);
    assert.equal(sockets.last().ended, undefined);
  });

  it('leaves it to a socket that stops reading by itself to find out whether it is dead', async () => {
    const { sockets, answers, channel, clock, type } = startConnection();
    answers.push(RESUMED);
    await settle();
    const first = sockets.last();
    first.events.pong();
    type();
    first.events.readingChanged(false);
    const sent = first.frames.length;
    await pass(clock, 60 * MINUTE_MS, 10_000);
    assert.equal(first.ended, undefined);
    assert.equal(first.frames.length, sent);
    assert.equal(channel.receiving, false);
    first.events.lost('it stopped receiving data');
    await settle();
    assert.equal(sockets.sockets.length, 2);
    assert.equal(channel.receiving, true);
    first.events.readingChanged(false);
    assert.equal(channel.receiving, true);
  });

  it('does not take its own back-pressure for idle time', async () => {
    const { sockets, channel, clock } = startConnection();
    await settle();
    sockets.last().events.pong();
    channel.pauseReceiving();
    assert.equal(sockets.last().isPaused, true);
    await pass(clock, 60 * MINUTE_MS, 10_000);
    assert.equal(sockets.last().ended, undefined);
  });

  it('tries no more once it is closed, though something waits to be sent', async () => {
    const { sockets, answers, clock, channel, connection, type } = startConnection();
    answers.push({ kind: 'unavailable', failure: testFailure('session', 'the service is busy') });
    await settle();
    sockets.last().events.pong();
    sockets.last().events.lost('closed with code 1006');
    await pass(clock, 20_000);
    connection.close();
    channel.close();
    type();
    assert.equal(clock.pending, 0);
  });
});
