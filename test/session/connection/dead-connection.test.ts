import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { acknowledgementOf } from '../../../src/protocol/acknowledgement.ts';
import {
  decodeClientMessage,
  encodeClientMessage,
  MessageType,
} from '../../../src/protocol/client-message.ts';
import { PayloadType } from '../../../src/protocol/payload-type.ts';
import { joinSession } from '../support/joined-session.ts';
import {
  MINUTE_MS,
  pass,
  passUntil,
  RESUMED,
  startConnection,
  type ScriptedConnection,
} from './scripted-connection.ts';
import { settle, type ScriptedSocket } from './scripted-sockets.ts';
import { testFailure } from '../../support/test-failure.ts';
import { sessionFailures } from '../../../src/failures/session.ts';

const SECOND_MS = 1_000;
/** More than 3000 resends of one message take, one each 200 ms. */
const ALL_RESENDS_MS = 11 * MINUTE_MS;
/** Less than they take, and more than half as long. */
const MANY_RESENDS_MS = 8 * MINUTE_MS;
const AGENT_UNRESPONSIVE = [{ kind: 'lost', failure: sessionFailures['agent-silent']() }] as const;

/** A session that is open and idle, on a gateway that has answered the first ping. */
async function startIdle(): Promise<ScriptedConnection & { readonly first: ScriptedSocket }> {
  const started = startConnection();
  started.answers.push(RESUMED);
  await settle();
  const first = started.sockets.last();
  first.events.pong();
  await pass(started.clock, MINUTE_MS, SECOND_MS);
  return { ...started, first };
}

/** Answers every ping from now on, as a gateway does whose agent has disconnected. */
function answerPings(socket: ScriptedSocket): () => void {
  let answered = socket.pings;
  return () => {
    for (; answered < socket.pings; answered++) socket.events.pong();
  };
}

function acknowledgeLast(socket: ScriptedSocket): void {
  const message = decodeClientMessage(socket.frames.at(-1) ?? Buffer.alloc(0));
  assert.equal(message.messageType, MessageType.InputStreamData);
  socket.events.frame(encodeClientMessage(acknowledgementOf(message, Buffer.alloc(16), 1)));
}

describe('a connection that is dead without a close', () => {
  it('is asked by a ping 5 to 10 s after a key, and replaced 5 s later', async () => {
    const { first, sockets, clock, calls, type } = await startIdle();
    const pings = first.pings;
    type();
    const asked = await passUntil(clock, () => first.pings > pings, MINUTE_MS);
    assert.ok(asked >= 5_000 && asked <= 10_000, `asked after ${asked} ms`);
    const decided = await passUntil(clock, () => first.ended === 'destroy', MINUTE_MS);
    assert.ok(decided <= 5_100, `decided after ${decided} ms`);
    assert.equal(first.pings, pings + 1);
    assert.equal(calls.resume, 1);
    assert.equal(sockets.sockets.length, 2);
    assert.deepEqual(sockets.last().frames, [first.frames[0]]);
  });

  it('is asked within 10 s where acknowledgements take long', async () => {
    const { first, channel, clock, type } = await startIdle();
    // Each takes nearly as long as it may, so the next may take longer.
    for (let i = 0; i < 100; i++) {
      type();
      clock.advance(0.95 * (channel.acknowledgementTimeout ?? 0));
      acknowledgeLast(first);
    }
    const pings = first.pings;
    type();
    const asked = await passUntil(clock, () => first.pings > pings, MINUTE_MS);
    assert.ok(asked > 7_000 && asked <= 10_000, `asked after ${asked} ms`);
  });

  it('is not asked while what was sent is acknowledged', async () => {
    const { first, clock, type } = await startIdle();
    const pings = first.pings;
    for (let i = 0; i < 60; i++) {
      type();
      await pass(clock, SECOND_MS, 100);
      acknowledgeLast(first);
    }
    assert.equal(first.pings, pings);
  });

  it('is not asked while nothing is unacknowledged, and costs no timer then', async () => {
    const { first, clock, type } = await startIdle();
    const pings = first.pings;
    const timers = clock.pending;
    await pass(clock, 3 * MINUTE_MS, SECOND_MS);
    assert.equal(first.pings, pings);
    assert.equal(clock.pending, timers);
    type();
    await pass(clock, 20, 20);
    acknowledgeLast(first);
    assert.equal(clock.pending, timers);
  });

  it('is kept when the answer to the ping comes', async () => {
    const { first, sockets, clock, type } = await startIdle();
    const answer = answerPings(first);
    type();
    for (let passed = 0; passed < MINUTE_MS; passed += SECOND_MS) {
      await pass(clock, SECOND_MS, SECOND_MS);
      answer();
    }
    assert.equal(first.ended, undefined);
    assert.equal(sockets.sockets.length, 1);
  });

  it('is not judged by pings when the gateway has never answered one', async () => {
    const { sockets, clock, type } = startConnection();
    await settle();
    const first = sockets.last();
    type();
    acknowledgeLast(first);
    await pass(clock, 60 * MINUTE_MS, 10 * SECOND_MS);
    type();
    await pass(clock, 4 * MINUTE_MS, SECOND_MS);
    clock.jump(60 * MINUTE_MS);
    await pass(clock, MINUTE_MS / 2, SECOND_MS);
    assert.equal(first.ended, undefined);
    // One at the opening, one each interval of five minutes, and one after the sleep.
    assert.equal(first.pings, 1 + 12 + 1);
  });

  it('is asked anew when the program stood still while an answer was awaited', async () => {
    const { first, clock, type } = await startIdle();
    type();
    await passUntil(clock, () => first.pings === 2, MINUTE_MS);
    // Stopped and continued: what has come meanwhile is read after the timers that are overdue.
    clock.skip(7 * SECOND_MS);
    await settle();
    assert.equal(first.ended, undefined);
    assert.equal(first.pings, 3);
    first.events.pong();
    await pass(clock, 4 * SECOND_MS);
    assert.equal(first.ended, undefined);
  });

  it('is replaced again when the next one is dead, too, though nothing is unacknowledged', async () => {
    const { first, sockets, clock } = await startIdle();
    first.events.lost('closed');
    await settle();
    const second = sockets.last();
    assert.notEqual(second, first);
    await passUntil(clock, () => second.ended === 'destroy', 15 * SECOND_MS);
  });
});

describe('an agent that acknowledges nothing', () => {
  it('ends the session after 3000 resends on a connection that is alive', async () => {
    const { first, sockets, clock, ends, type } = await startIdle();
    const answer = answerPings(first);
    type();
    for (let passed = 0; passed < ALL_RESENDS_MS && ends.length === 0; passed += SECOND_MS) {
      await pass(clock, SECOND_MS, SECOND_MS);
      answer();
    }
    assert.deepEqual(ends, AGENT_UNRESPONSIVE);
    assert.equal(sockets.sockets.length, 1);
    assert.ok(first.frames.length >= 3_001, `${first.frames.length} frames`);
    assert.equal(clock.pending, 0);
  });

  it('does not end the session by resends that a dead connection has swallowed', async () => {
    const { sockets, clock, ends, answers, calls, type } = startConnection();
    answers.push(RESUMED);
    await settle();
    const first = sockets.last();
    type();
    acknowledgeLast(first);
    await pass(clock, MINUTE_MS, SECOND_MS);
    type();
    await passUntil(clock, () => first.ended === 'destroy', ALL_RESENDS_MS);
    assert.equal(calls.resume, 1);
    assert.deepEqual(ends, []);
    const second = sockets.last();
    acknowledgeLast(second);
    await pass(clock, ALL_RESENDS_MS, SECOND_MS);
    assert.deepEqual(ends, []);
    assert.equal(second.ended, undefined);
  });

  it('is counted anew on each connection', async () => {
    const { first, sockets, clock, ends, type } = await startIdle();
    const answer = answerPings(first);
    type();
    for (let passed = 0; passed < MANY_RESENDS_MS; passed += SECOND_MS) {
      await pass(clock, SECOND_MS, SECOND_MS);
      answer();
    }
    first.events.lost('closed with code 1000 (Bye)');
    await settle();
    const answerSecond = answerPings(sockets.last());
    for (let passed = 0; passed < MANY_RESENDS_MS; passed += SECOND_MS) {
      await pass(clock, SECOND_MS, SECOND_MS);
      answerSecond();
    }
    assert.deepEqual(ends, []);
  });
});

describe('typing while disconnected', () => {
  /** A session that is in a long pause between two attempts to resume it. */
  async function startDisconnected(): Promise<ScriptedConnection> {
    const started = await startIdle();
    started.answers.splice(0, 1, {
      kind: 'unavailable',
      failure: testFailure('session', 'the network is down'),
    });
    started.first.events.lost('closed');
    await pass(started.clock, MINUTE_MS);
    const before = started.calls.resume;
    await passUntil(started.clock, () => started.calls.resume > before, MINUTE_MS);
    return started;
  }

  it('tries at once', async () => {
    const { clock, calls, answers, sockets, type } = await startDisconnected();
    await pass(clock, 2 * SECOND_MS);
    answers.splice(0, 1, RESUMED);
    const before = calls.resume;
    type();
    clock.advance(0);
    await settle();
    assert.equal(calls.resume, before + 1);
    assert.equal(sockets.sockets.length, 2);
    assert.equal(sockets.last().frames.length, 1);
  });

  it('tries no more than once a second, however much is typed', async () => {
    const { clock, calls, type } = await startDisconnected();
    const before = calls.resume;
    for (let passed = 0; passed < 10 * SECOND_MS; passed += 50) {
      type();
      await pass(clock, 50, 50);
    }
    const tries = calls.resume - before;
    assert.ok(tries >= 9 && tries <= 10, `${tries} tries`);
  });

  it('reaches the attempts from the terminal', async () => {
    let tries = 0;
    const { agent, clock, sockets, stdin } = await joinSession({
      interactive: true,
      service: {
        resumeSession: () => {
          tries++;
          return Promise.resolve({
            kind: 'unavailable',
            failure: testFailure('session', 'the network is down'),
          });
        },
      },
    });
    agent.send(PayloadType.Output, '$ ');
    sockets.last().events.lost('closed');
    await pass(clock, MINUTE_MS);
    let before = tries;
    await passUntil(clock, () => tries > before, MINUTE_MS);
    await pass(clock, 2 * SECOND_MS);
    before = tries;
    stdin.write('x');
    await settle();
    clock.advance(0);
    await settle();
    assert.equal(tries, before + 1);
  });
});
