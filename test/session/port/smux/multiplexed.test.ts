import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { encodeFlag, Flag } from '../../../../src/protocol/flag.ts';
import { PayloadType } from '../../../../src/protocol/payload-type.ts';
import { OUTPUT_PAYLOAD_BYTES } from '../../../../src/session/session-type.ts';
import { randomOf, seeded } from '../../../support/random.ts';
import { collect, until } from '../support/local-programs.ts';
import { startMultiplexed } from '../support/start-multiplexed.ts';
import { sessionFailures } from '../../../../src/failures/session.ts';

const TIMEOUT = { timeout: 60_000 };

describe('a multiplexed port', TIMEOUT, () => {
  it('prints where it listens, then the first connection, and nothing more', async (t) => {
    const { link, port, connect, stream } = await startMultiplexed(t);
    assert.equal(
      link.printed,
      `Port ${port} opened for sessionId session-1.\nWaiting for connections...\n`,
    );
    await connect();
    await stream(3);
    await connect();
    await stream(5);
    assert.equal(
      link.printed,
      `Port ${port} opened for sessionId session-1.\nWaiting for connections...\n` +
        '\nConnection accepted for session [session-1]\n',
    );
    assert.equal(link.warned, '');
  });

  it('sends nothing without a connection, and only a SYN for an idle one', async (t) => {
    const { link, host, connect, stream } = await startMultiplexed(t);
    host.clock.advance(3_600_000);
    assert.equal(link.sent.length, 0);
    await connect();
    await stream(3);
    host.clock.advance(3_600_000);
    assert.equal(link.sent.length, 1);
  });

  it('gives every connection a stream of its own, with odd numbers from 3 on', async (t) => {
    const { peer, connect, stream } = await startMultiplexed(t);
    for (const id of [3, 5, 7]) {
      const program = await connect();
      program.write(`I am ${id}`);
      const opened = await stream(id);
      await until(() => opened.received.toString() === `I am ${id}`);
    }
    assert.deepEqual([...peer.streams.keys()], [3, 5, 7]);
  });

  it('carries bytes both ways', async (t) => {
    const { connect, stream } = await startMultiplexed(t);
    const program = await connect();
    const received = collect(program);
    const opened = await stream(3);
    await seeded(async (random) => {
      const upload = random.bytes(700_001);
      const download = random.bytes(300_001);
      program.write(upload);
      opened.send(download);
      await until(() => received.bytes.length >= download.length);
      await until(() => opened.received.length >= upload.length);
      assert.ok(received.bytes.equals(download));
      assert.ok(opened.received.equals(upload));
    });
  });

  it('data and FIN for closed or unknown streams are ignored', async (t) => {
    const { link, peer, connect, stream } = await startMultiplexed(t);
    const first = await connect();
    const opened = await stream(3);
    opened.fin();
    first.end();
    await until(() => opened.finished);
    opened.send('late');
    opened.fin();
    peer.sendRaw(Buffer.from('0102040099000000aaaaaaaa0101000099000000', 'hex'));
    const received = collect(await connect());
    (await stream(5)).send('still here');
    await until(() => received.bytes.toString() === 'still here');
    assert.deepEqual(link.ends, []);
  });

  it('the target cannot be reached: the text, the connection ends, the session goes on', async (t) => {
    const { session, link, connect, stream } = await startMultiplexed(t);
    const received = collect(await connect());
    const opened = await stream(3);
    assert.equal(session.receive(PayloadType.Flag, encodeFlag(Flag.ConnectToPortError)), true);
    opened.fin();
    await until(() => received.ended);
    assert.ok(
      link.printed.endsWith('\nConnection to destination port failed, check SSM Agent logs.\n'),
    );
    collect(await connect());
    await stream(5);
    assert.deepEqual(link.ends, []);
  });

  it('invalid data from the agent ends the session with a reason, not with an exception', async (t) => {
    const { session, link, connect, stream } = await startMultiplexed(t);
    await connect();
    await stream(3);
    assert.equal(session.receive(PayloadType.Output, Buffer.from('HTTP/1.1 400')), true);
    assert.equal(session.receive(PayloadType.Output, Buffer.from('more of it')), true);
    const failure = sessionFailures['agent-data-invalid']('smux version 72');
    assert.deepEqual(link.ends, [{ kind: 'fail', failure }]);
  });

  it('random payloads of every type never make it throw', async (t) => {
    await seeded(async (random) => {
      for (let round = 0; round < 20; round++) {
        const { session, link } = await startMultiplexed(t);
        for (let i = 0; i < 50; i++) {
          const payload = random.bytes(random.below(200));
          if (random.chance(0.9)) payload[0] = 1;
          if (random.chance(0.9)) payload[1] = random.below(4);
          session.receive(random.below(14), payload);
        }
        assert.ok(link.ends.length <= 1);
        session.close();
      }
    });
  });
});

describe('a multiplexed port with many connections', TIMEOUT, () => {
  it('1000 at once, each with its own contents, both ways', async (t) => {
    const CONNECTIONS = 1000;
    const { peer, connect } = await startMultiplexed(t);
    const answered = new Set<number>();
    peer.onChange = (stream) => {
      if (answered.has(stream.id) || stream.received.at(-1) !== 0x0a) return;
      answered.add(stream.id);
      stream.send(Buffer.concat([Buffer.from('answer to '), stream.received]));
      stream.fin();
    };
    const programs = await Promise.all(
      Array.from({ length: CONNECTIONS }, async (_, i) => {
        const program = await connect();
        const received = collect(program);
        program.end(`request ${i}\n`);
        return received;
      }),
    );
    await until(() => programs.every((received) => received.closed));
    programs.forEach((received, i) =>
      assert.equal(received.bytes.toString(), `answer to request ${i}\n`),
    );
    assert.equal(peer.streams.size, CONNECTIONS);
    assert.ok([...peer.streams.values()].every((stream) => stream.finished));
  });

  it('one after another leave no stream and no timer', async (t) => {
    const { host, peer, connect, stream } = await startMultiplexed(t);
    for (let i = 0; i < 200; i++) {
      const program = await connect();
      const received = collect(program);
      const opened = await stream(3 + 2 * i);
      opened.send('bye');
      opened.fin();
      await until(() => received.ended);
      program.end();
      await until(() => received.closed && opened.finished);
    }
    assert.equal(peer.streams.size, 200);
    await until(() => host.clock.pending === 0);
  });
});

describe('a probe of a multiplexed port', TIMEOUT, () => {
  const FAILED = encodeFlag(Flag.ConnectToPortError);

  it('opens a stream and ends it, and is confirmed by its end', async (t) => {
    const { host, link, peer, stream } = await startMultiplexed(t);
    const results: string[] = [];
    host.localPort.probe((result) => results.push(result));
    const opened = await stream(3);
    assert.equal(opened.finished, true);
    assert.equal(opened.received.length, 0, 'the destination gets no byte');
    assert.deepEqual(results, []);
    opened.fin();
    assert.deepEqual(results, ['connected']);
    assert.deepEqual(link.printed.includes('Connection'), false);
    opened.fin();
    assert.equal(results.length, 1);
    assert.equal(peer.streams.size, 1);
  });

  it('is confirmed by a greeting of the destination, too', async (t) => {
    const { host, stream } = await startMultiplexed(t);
    const results: string[] = [];
    host.localPort.probe((result) => results.push(result));
    const opened = await stream(3);
    opened.send('220 ready');
    opened.fin();
    assert.deepEqual(results, ['connected']);
  });

  it('fails as the agent reports it, which is not reported as the failure of a connection', async (t) => {
    const { session, host, link, stream } = await startMultiplexed(t);
    const results: string[] = [];
    host.localPort.probe((result) => results.push(result));
    const opened = await stream(3);
    session.receive(PayloadType.Flag, FAILED);
    opened.fin();
    assert.deepEqual(results, ['refused']);
    assert.ok(!link.printed.includes('failed'), link.printed);
  });

  it('leaves the failure of a connection to the connection', async (t) => {
    const { session, host, link, connect, stream } = await startMultiplexed(t);
    const results: string[] = [];
    const program = await connect();
    const received = collect(program);
    const first = await stream(3);
    host.localPort.probe((result) => results.push(result));
    const probe = await stream(5);
    session.receive(PayloadType.Flag, FAILED);
    first.fin();
    await until(() => received.ended);
    assert.ok(link.printed.includes('Connection to destination port failed'), link.printed);
    probe.fin();
    assert.deepEqual(results, ['connected']);
  });

  it('has no answer without a session, or when its session ends', async (t) => {
    const { session, host, stream } = await startMultiplexed(t);
    const results: string[] = [];
    host.localPort.probe((result) => results.push(result));
    await stream(3);
    session.close();
    host.localPort.probe((result) => results.push(result));
    assert.deepEqual(results, []);
  });
});

describe('sharing the upload', TIMEOUT, () => {
  it('payloads are full while data waits', async (t) => {
    const { link, connect, stream } = await startMultiplexed(t);
    const program = await connect();
    const opened = await stream(3);
    link.room = 0;
    const before = link.sent.length;
    const bytes = randomOf(2).bytes(500_000);
    program.write(bytes);
    await until(() => {
      link.pull(50);
      return opened.received.length === bytes.length;
    });
    const sizes = link.sent.slice(before).map((message) => message.payload.length);
    assert.ok(sizes.every((size) => size <= OUTPUT_PAYLOAD_BYTES));
    const full = sizes.filter((size) => size === OUTPUT_PAYLOAD_BYTES);
    // A payload is short only where the bytes read so far end.
    assert.ok(full.length > 0.95 * sizes.length, `${full.length} of ${sizes.length} are full`);
    assert.ok(opened.received.equals(bytes));
  });

  it('SYN and a small request that waited go out in one message', async (t) => {
    const { link, connect } = await startMultiplexed(t);
    link.room = 0;
    const before = link.wakes;
    const program = await connect();
    program.write('GET /');
    // One wake-up for the connection and one for its bytes.
    await until(() => link.wakes === before + 2);
    link.pull();
    assert.deepEqual(
      link.sent.map((message) => message.payload.toString('latin1')),
      ['\x01\x00\x00\x00\x03\x00\x00\x00\x01\x02\x05\x00\x03\x00\x00\x00GET /'],
    );
  });
});
