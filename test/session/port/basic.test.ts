import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { encodeFlag, Flag } from '../../../src/protocol/flag.ts';
import { PayloadType } from '../../../src/protocol/payload-type.ts';
import { EARLY_BYTES_LIMIT } from '../../../src/session/port/early-bytes.ts';
import {
  ANSWER_TIMEOUT_MS,
  ANSWERED_FIN_DELAY_MS,
} from '../../../src/session/port/connection/fin-delay.ts';
import { OUTPUT_PAYLOAD_BYTES } from '../../../src/session/session-type.ts';
import { seeded } from '../../support/random.ts';
import {
  collect,
  createTestHost,
  startForwarding,
  until,
  type RunningSession,
  type TestHost,
} from './support/local-programs.ts';
import { outputOf } from './support/memory-link.ts';
import { texts } from '../../../src/session/texts/caller-texts.ts';

const AGENT = '3.0.196.0';
const TIMEOUT = { timeout: 60_000 };

interface Basic extends RunningSession {
  /** What the agent received. */
  readonly received: string;
  /** Number of DisconnectToPort flags the agent received. */
  readonly disconnects: number;
  readonly send: (bytes: string | Buffer) => boolean;
}

async function start(t: TestContext, host?: TestHost): Promise<Basic> {
  const running = await startForwarding(t, AGENT, host);
  const { link, session } = running;
  return {
    ...running,
    get received() {
      return outputOf(link.sent).toString('latin1');
    },
    get disconnects() {
      const isDisconnect = encodeFlag(Flag.DisconnectToPort);
      return link.sent.filter(
        (message) =>
          message.payloadType === PayloadType.Flag && message.payload.equals(isDisconnect),
      ).length;
    },
    send: (bytes) =>
      session.receive(PayloadType.Output, typeof bytes === 'string' ? Buffer.from(bytes) : bytes),
  };
}

describe('a basic port', TIMEOUT, () => {
  it('prints where it listens, and the first connection, once', async (t) => {
    const basic = await start(t);
    const { link, port, connect } = basic;
    const first = await connect();
    first.write('a');
    await until(() => basic.received === 'a');
    first.resetAndDestroy();
    await until(() => basic.disconnects === 1);
    (await connect()).write('b');
    await until(() => basic.received === 'ab');
    assert.equal(
      link.printed,
      `Port ${port} opened for sessionId session-1.\nWaiting for connections...\n` +
        'Connection accepted for session session-1.\n',
    );
  });

  it('carries raw bytes both ways, in full payloads while data waits', async (t) => {
    const basic = await start(t);
    const { link, connect } = basic;
    const program = await connect();
    const received = collect(program);
    await seeded(async (random) => {
      const upload = random.bytes(300_001);
      const download = random.bytes(200_001);
      program.write(upload);
      for (let offset = 0; offset < download.length; offset += OUTPUT_PAYLOAD_BYTES) {
        assert.equal(basic.send(download.subarray(offset, offset + OUTPUT_PAYLOAD_BYTES)), true);
      }
      await until(() => received.bytes.length >= download.length);
      await until(() => basic.received.length >= upload.length);
      assert.ok(received.bytes.equals(download));
      assert.ok(outputOf(link.sent).equals(upload));
      assert.ok(link.sent.every(({ payload }) => payload.length <= OUTPUT_PAYLOAD_BYTES));
    });
  });

  it('keeps bytes of the target from before any connection for the first one', async (t) => {
    const basic = await start(t);
    assert.equal(basic.send('220 welc'), true);
    assert.equal(basic.send('ome\r\n'), true);
    const received = collect(await basic.connect());
    await until(() => received.bytes.toString() === '220 welcome\r\n');
  });

  it('copies these bytes out of their buffers; empty payloads cost no memory', async (t) => {
    const basic = await start(t);
    const read = Buffer.from('220 welcome');
    assert.equal(basic.send(read), true);
    read.fill('x');
    for (let i = 0; i < 1000; i++) assert.equal(basic.send(Buffer.alloc(0)), true);
    const received = collect(await basic.connect());
    await until(() => received.bytes.length === read.length);
    assert.equal(received.bytes.toString(), '220 welcome');
  });

  it('keeps only a limited number of them; the rest stays with the agent', async (t) => {
    const basic = await start(t);
    const greeting = Buffer.alloc(1024, 'x');
    let taken = 0;
    while (basic.send(greeting)) taken += greeting.length;
    assert.equal(taken, EARLY_BYTES_LIMIT);
    const received = collect(await basic.connect());
    await until(() => received.bytes.length === taken);
    assert.equal(basic.send('more'), true);
  });

  it('serves one connection after another, with a flag for the agent in between', async (t) => {
    const basic = await start(t);
    for (let i = 1; i <= 3; i++) {
      const program = await basic.connect();
      const received = collect(program);
      program.write(`request ${i};`);
      await until(() => basic.received.endsWith(`request ${i};`));
      basic.send(`answer ${i}`);
      await until(() => received.bytes.toString() === `answer ${i}`);
      program.resetAndDestroy();
      await until(() => basic.disconnects === i);
    }
  });

  it('a second connection waits, with its bytes, until the first has ended', async (t) => {
    const basic = await start(t);
    const first = await basic.connect();
    first.write('first;');
    await until(() => basic.received === 'first;');
    const second = await basic.connect();
    const received = collect(second);
    second.write('second;');
    first.write('first again;');
    await until(() => basic.received === 'first;first again;');
    first.resetAndDestroy();
    await until(() => basic.received === 'first;first again;second;');
    const types = basic.link.sent.map((message) => message.payloadType);
    assert.deepEqual(types.slice(-2), [PayloadType.Flag, PayloadType.Output]);
    basic.send('for the second');
    await until(() => received.bytes.toString() === 'for the second');
  });

  it('DisconnectToPort follows the last byte of a connection that ended in order', async (t) => {
    const basic = await start(t);
    const { host, link, connect } = basic;
    const program = await connect();
    link.room = 0;
    program.end('x'.repeat(10_000));
    await until(() => {
      link.pull();
      return basic.received.length === 10_000 && host.clock.pending > 0;
    });
    assert.equal(basic.disconnects, 0);
    host.clock.advance(ANSWER_TIMEOUT_MS);
    assert.equal(basic.disconnects, 1);
    assert.equal(link.sent.at(-1)?.payloadType, PayloadType.Flag);
  });

  it('an answer after the program has ended its sending still arrives', async (t) => {
    const basic = await start(t);
    const { host, connect } = basic;
    const program = await connect();
    const received = collect(program);
    program.end('request');
    await until(() => basic.received === 'request' && host.clock.pending > 0);
    host.clock.advance(ANSWER_TIMEOUT_MS - 1);
    basic.send('answer');
    await until(() => received.bytes.toString() === 'answer');
    host.clock.advance(ANSWER_TIMEOUT_MS - 1);
    assert.equal(received.ended, false);
    host.clock.advance(1);
    await until(() => received.closed && basic.disconnects === 1);
  });

  it('another program that waits shortens the hold of one that waits for its answer', async (t) => {
    let connected = 0;
    const host = createTestHost({
      presentation: {
        wording: texts,
        onEvent(event) {
          if (event.kind === 'connected') connected++;
        },
      },
    });
    const basic = await start(t, host);
    const { connect } = basic;
    const first = await connect();
    const received = collect(first);
    first.end('request;');
    await until(() => basic.received === 'request;' && host.clock.pending > 0);
    host.clock.advance(ANSWERED_FIN_DELAY_MS);
    assert.equal(basic.disconnects, 0);
    const second = await connect();
    second.write('second;');
    await until(() => connected === 2);
    host.clock.advance(ANSWERED_FIN_DELAY_MS);
    assert.equal(basic.disconnects, 1);
    await until(() => basic.received === 'request;second;');
    await until(() => received.closed);
  });

  it('the end of a program is delayed only briefly while another one waits', async (t) => {
    const basic = await start(t);
    const { host, connect } = basic;
    const first = await connect();
    first.write('request;');
    await until(() => basic.received === 'request;');
    const second = await connect();
    second.write('second;');
    first.end();
    await until(() => host.clock.pending > 0);
    host.clock.advance(ANSWERED_FIN_DELAY_MS);
    await until(() => basic.received === 'request;second;');
  });

  it('late bytes of one connection never reach the next', async (t) => {
    const basic = await start(t);
    const { link, connect } = basic;
    const first = await connect();
    first.write('one;');
    await until(() => basic.received === 'one;');
    link.delayAcknowledgements = true;
    first.resetAndDestroy();
    await until(() => basic.disconnects === 1);
    const second = await connect();
    const received = collect(second);
    second.write('two;');
    // Long enough for the bytes to arrive, if they were read.
    for (let i = 0; i < 5; i++) await connect();
    assert.equal(basic.send('late, the agent has not read the flag yet'), true);
    assert.equal(basic.received, 'one;');
    link.acknowledge();
    assert.equal(basic.send('late, no program has sent a request'), true);
    await until(() => {
      link.acknowledge();
      return basic.received === 'one;two;';
    });
    basic.send('for the second');
    await until(() => received.bytes.length >= 'for the second'.length);
    assert.equal(received.bytes.toString(), 'for the second');
  });

  it('the target cannot be reached: the text, the connection ends, the next one is served', async (t) => {
    const basic = await start(t);
    const { session, link, connect } = basic;
    const received = collect(await connect());
    session.receive(PayloadType.Flag, encodeFlag(Flag.ConnectToPortError));
    await until(() => received.ended && basic.disconnects === 1);
    assert.ok(
      link.printed.endsWith('\nConnection to destination port failed, check SSM Agent logs.\n'),
    );
    const next = await connect();
    const answer = collect(next);
    next.write('hello');
    await until(() => basic.received === 'hello');
    basic.send('again');
    await until(() => answer.bytes.toString() === 'again');
    assert.deepEqual(link.ends, []);
  });

  it('a failure of the previous connection closes no other one', async (t) => {
    const basic = await start(t);
    const first = await basic.connect();
    first.write('one;');
    await until(() => basic.received === 'one;');
    first.resetAndDestroy();
    await until(() => basic.disconnects === 1);
    const second = await basic.connect();
    const wakes = basic.link.wakes;
    basic.session.receive(PayloadType.Flag, encodeFlag(Flag.ConnectToPortError));
    second.write('two;');
    await until(() => basic.received === 'one;two;');
    assert.equal(basic.disconnects, 1);
    assert.ok(basic.link.wakes > wakes);
  });

  it('a failure reported before any connection closes none', async (t) => {
    const basic = await start(t);
    basic.session.receive(PayloadType.Flag, encodeFlag(Flag.ConnectToPortError));
    const program = await basic.connect();
    program.write('hello');
    await until(() => basic.received === 'hello');
    assert.equal(basic.disconnects, 0);
  });

  it('messages of other types and malformed flags are accepted and have no effect', async (t) => {
    const basic = await start(t);
    const received = collect(await basic.connect());
    for (let payloadType = 2; payloadType < 20; payloadType++) {
      assert.equal(basic.session.receive(payloadType, Buffer.from([1])), true);
    }
    basic.send('ok');
    await until(() => received.bytes.toString() === 'ok');
    assert.deepEqual(basic.link.ends, []);
  });
});
