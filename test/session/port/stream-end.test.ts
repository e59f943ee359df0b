import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ANSWER_TIMEOUT_MS } from '../../../src/session/port/connection/fin-delay.ts';
import { LOCAL_CLOSE_LINGER_MS } from '../../../src/session/port/connection/local-connection.ts';
import { randomOf } from '../../support/random.ts';
import { collect, until } from './support/local-programs.ts';
import { startMultiplexed } from './support/start-multiplexed.ts';

const TIMEOUT = { timeout: 60_000 };

describe('the end of a stream', TIMEOUT, () => {
  it('the target ends: its bytes arrive, then the end, and FIN is the answer', async (t) => {
    const { connect, stream } = await startMultiplexed(t);
    const program = await connect();
    const received = collect(program);
    const opened = await stream(3);
    const answer = randomOf(1).bytes(200_000);
    opened.send(answer);
    opened.fin();
    await until(() => received.ended && opened.finished);
    assert.ok(received.bytes.equals(answer));
    program.end();
    await until(() => received.closed);
  });

  it('the target ends and the program does not: the connection is closed after some seconds', async (t) => {
    const { host, connect, stream } = await startMultiplexed(t);
    const program = await connect();
    const received = collect(program);
    (await stream(3)).fin();
    await until(() => received.ended && host.clock.pending > 0);
    assert.equal(received.closed, false);
    host.clock.advance(LOCAL_CLOSE_LINGER_MS);
    // A connection that is closed on the other side is reset when it is written to.
    await until(() => {
      program.write('still open?');
      return received.closed;
    });
  });

  it('the program ends its sending: no FIN yet, and the answer still comes', async (t) => {
    const { host, connect, stream } = await startMultiplexed(t);
    const program = await connect();
    const received = collect(program);
    program.end('request');
    const opened = await stream(3);
    await until(() => opened.received.toString() === 'request' && host.clock.pending > 0);
    host.clock.advance(ANSWER_TIMEOUT_MS - 1);
    assert.equal(opened.finished, false);
    opened.send('the ans');
    await until(() => received.bytes.length === 7);
    host.clock.advance(ANSWER_TIMEOUT_MS - 1);
    assert.equal(opened.finished, false);
    opened.send('wer');
    opened.fin();
    await until(() => received.ended && opened.finished);
    assert.equal(received.bytes.toString(), 'the answer');
    await until(() => host.clock.pending === 0);
  });

  it('the program ends its sending and the target does not answer: FIN after some seconds', async (t) => {
    const { host, connect, stream } = await startMultiplexed(t);
    const program = await connect();
    const received = collect(program);
    program.end('request');
    const opened = await stream(3);
    await until(() => opened.received.length > 0 && host.clock.pending > 0);
    host.clock.advance(ANSWER_TIMEOUT_MS);
    assert.equal(opened.finished, true);
    opened.send('just in time');
    await until(() => received.bytes.toString() === 'just in time');
    assert.equal(received.ended, false);
    host.clock.advance(2 * ANSWER_TIMEOUT_MS);
    await until(() => received.closed);
  });

  it('the idle time counts from when the target has received everything', async (t) => {
    const { host, link, connect, stream } = await startMultiplexed(t);
    link.delayAcknowledgements = true;
    const program = await connect();
    program.end('request');
    const opened = await stream(3);
    await until(() => opened.received.length > 0);
    // The end reaches the session before events of a later connection.
    await connect();
    await stream(5);
    host.clock.advance(10 * ANSWER_TIMEOUT_MS);
    assert.equal(opened.finished, false);
    await until(() => {
      link.acknowledge();
      return host.clock.pending > 0;
    });
    host.clock.advance(ANSWER_TIMEOUT_MS);
    assert.equal(opened.finished, true);
  });

  it('the idle time does not count while the program still has bytes to read', async (t) => {
    const { host, link, connect, stream } = await startMultiplexed(t);
    const program = await connect();
    program.pause();
    const opened = await stream(3);
    program.end('request');
    await until(() => opened.received.length > 0 && host.clock.pending > 0);
    // In the same turn of the event loop, so that the system cannot take all of it.
    while (!link.receivingPaused) opened.send(Buffer.alloc(1024 * 1024));
    host.clock.advance(10 * ANSWER_TIMEOUT_MS);
    assert.equal(opened.finished, false);
    opened.fin();
    program.resume();
    await until(() => program.destroyed);
  });

  it('the program resets its connection: FIN at once, its bytes that wait are dropped', async (t) => {
    const { host, link, connect, stream } = await startMultiplexed(t);
    const program = await connect();
    const opened = await stream(3);
    link.room = 0;
    const before = link.wakes;
    program.write('never sent');
    await until(() => link.wakes === before + 1);
    program.resetAndDestroy();
    await until(() => link.wakes === before + 2);
    link.pull();
    assert.equal(opened.finished, true);
    assert.equal(opened.received.length, 0);
    assert.equal(host.clock.pending, 0);
  });

  it('the target ends: bytes that still wait for it are dropped, and FIN is sent at once', async (t) => {
    const { link, connect, stream } = await startMultiplexed(t);
    const program = await connect();
    const opened = await stream(3);
    link.room = 0;
    const before = link.wakes;
    program.write('the target does not read this');
    await until(() => link.wakes === before + 1);
    opened.fin();
    await until(() => link.wakes === before + 2);
    link.pull();
    assert.equal(opened.finished, true);
    assert.equal(opened.received.length, 0);
  });
});
