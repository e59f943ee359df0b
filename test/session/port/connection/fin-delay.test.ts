import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { describe, it } from 'node:test';
import {
  ANSWER_TIMEOUT_MS,
  ANSWERED_FIN_DELAY_MS,
  FIN_DELAY_MS,
  UNUSED_FIN_DELAY_MS,
} from '../../../../src/session/port/connection/fin-delay.ts';
import type { LocalSocket } from '../../../../src/session/port/connection/local-socket.ts';
import { collect, createTestHost, until, type TestHost } from '../support/local-programs.ts';
import type { PeerStream } from '../support/smux-peer.ts';
import { startMultiplexed, type Forwarding } from '../support/start-multiplexed.ts';

const TIMEOUT = { timeout: 60_000 };
/** Limits that are promised to users of a target with few connections. */
const ANSWERED_LIMIT_MS = 200;
const UNUSED_LIMIT_MS = 1_000;

/** A program that has sent a request and received its answer. */
async function exchange(
  connect: Forwarding['connect'],
  stream: Forwarding['stream'],
): Promise<{ readonly program: Socket; readonly opened: PeerStream }> {
  const program = await connect();
  const received = collect(program);
  program.write('request');
  const opened = await stream(3);
  await until(() => opened.received.toString() === 'request');
  opened.send('answer');
  await until(() => received.bytes.toString() === 'answer');
  return { program, opened };
}

/** The end of the program is sent after this time, and not a millisecond earlier. */
function assertFinishesAfter(finDelayMs: number, { clock }: TestHost, opened: PeerStream): void {
  clock.advance(finDelayMs - 1);
  assert.equal(opened.finished, false);
  clock.advance(1);
  assert.equal(opened.finished, true);
}

describe('how long the end of a program is delayed', TIMEOUT, () => {
  it('is longer, the more likely an answer is', () => {
    assert.ok(FIN_DELAY_MS.answered < ANSWERED_LIMIT_MS);
    assert.ok(FIN_DELAY_MS.answered < FIN_DELAY_MS.unused);
    assert.ok(FIN_DELAY_MS.unused < UNUSED_LIMIT_MS);
    assert.ok(FIN_DELAY_MS.unused < FIN_DELAY_MS['for-answer']);
  });

  it('a program that had its answer: the shortest time', async (t) => {
    const { host, connect, stream } = await startMultiplexed(t);
    const { program, opened } = await exchange(connect, stream);
    program.end();
    await until(() => host.clock.pending > 0);
    assertFinishesAfter(ANSWERED_FIN_DELAY_MS, host, opened);
  });

  it('a program that sent more after its answer: as long as for an answer', async (t) => {
    const { host, connect, stream } = await startMultiplexed(t);
    const { program, opened } = await exchange(connect, stream);
    program.end('more');
    await until(() => opened.received.toString() === 'requestmore' && host.clock.pending > 0);
    assertFinishesAfter(ANSWER_TIMEOUT_MS, host, opened);
  });

  it('an answer in parts: the same time again after each part', async (t) => {
    const { host, connect, stream } = await startMultiplexed(t);
    const program = await connect();
    const received = collect(program);
    const opened = await stream(3);
    program.end('question');
    await until(() => opened.received.toString() === 'question' && host.clock.pending > 0);
    for (const part of ['one', 'onetwo', 'onetwothree']) {
      host.clock.advance(ANSWER_TIMEOUT_MS - 1);
      assert.equal(opened.finished, false);
      opened.send(part.slice(received.bytes.length));
      await until(() => received.bytes.toString() === part);
    }
    assertFinishesAfter(ANSWER_TIMEOUT_MS, host, opened);
  });

  it('a connection on which nothing has passed: less than a second', async (t) => {
    const { host, connect, stream } = await startMultiplexed(t);
    const program = await connect();
    const opened = await stream(3);
    program.end();
    await until(() => host.clock.pending > 0);
    assertFinishesAfter(UNUSED_FIN_DELAY_MS, host, opened);
  });

  it('a program that only reads receives bytes as long as more of them arrive', async (t) => {
    const { host, connect, stream } = await startMultiplexed(t);
    const program = await connect();
    const received = collect(program);
    const opened = await stream(3);
    program.end();
    await until(() => host.clock.pending > 0);
    host.clock.advance(UNUSED_FIN_DELAY_MS - 1);
    opened.send('hello');
    await until(() => received.bytes.toString() === 'hello');
    host.clock.advance(ANSWER_TIMEOUT_MS - 1);
    opened.send(' and more');
    await until(() => received.bytes.toString() === 'hello and more');
    assertFinishesAfter(ANSWER_TIMEOUT_MS, host, opened);
  });

  it('a program that has closed for certain: not at all, and its last bytes arrive', async (t) => {
    const asked: LocalSocket[] = [];
    const host = createTestHost({
      hasPeerClosed(connection) {
        asked.push(connection);
        return Promise.resolve(true);
      },
    });
    const { link, connect, stream } = await startMultiplexed(t, host);
    const program = await connect();
    const opened = await stream(3);
    link.delayAcknowledgements = true;
    program.end('goodbye');
    await until(() => opened.finished);
    assert.equal(opened.received.toString(), 'goodbye');
    assert.equal(asked.length, 1);
    assert.equal(host.clock.pending, 0);
  });

  it('a program that closes after it has ended its sending: until the system reports it', async (t) => {
    let closed = false;
    const host = createTestHost({ hasPeerClosed: () => Promise.resolve(closed) });
    const { connect, stream } = await startMultiplexed(t, host);
    const program = await connect();
    const opened = await stream(3);
    program.end('request');
    // One timer waits for an answer, one for the next check of the system.
    await until(() => opened.received.length > 0 && host.clock.pending === 2);
    closed = true;
    host.clock.advance(UNUSED_LIMIT_MS);
    await until(() => opened.finished);
    assert.equal(host.clock.pending, 0);
  });

  it('the system is not asked about a program that had its answer', async (t) => {
    let asked = 0;
    const host = createTestHost({ hasPeerClosed: () => Promise.resolve(++asked > 0) });
    const { connect, stream } = await startMultiplexed(t, host);
    const program = await connect();
    const received = collect(program);
    const opened = await stream(3);
    opened.send('hello');
    await until(() => received.bytes.length > 0);
    program.end();
    await until(() => host.clock.pending > 0);
    host.clock.advance(ANSWERED_FIN_DELAY_MS);
    assert.equal(opened.finished, true);
    assert.equal(asked, 0);
  });
});
