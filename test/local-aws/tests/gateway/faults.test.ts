import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { encodeClientMessage, MessageType } from '../../../../src/protocol/client-message.ts';
import { randomOf } from '../../../support/random.ts';
import { createFaultLine, type DirectionFaults, type Faults } from '../../faults.ts';
import { startLocalAws, type LocalAws } from '../../local-aws.ts';
import { createRawClient, type RawClient } from '../support/raw-client.ts';

function frameOf(number: number, messageType: string = MessageType.OutputStreamData): Buffer {
  return encodeClientMessage({
    messageType,
    sequenceNumber: number,
    flags: 0,
    messageId: Buffer.alloc(16, number),
    createdDate: 1,
    payloadType: 1,
    payload: Buffer.from(`payload ${number}`),
  });
}

describe('a line with faults', () => {
  const COUNT = 1000;

  const arrivals = async (faults: DirectionFaults, seed = 7): Promise<Buffer[]> => {
    const arrived: Buffer[] = [];
    await new Promise<void>((resolve) => {
      const last = frameOf(COUNT, MessageType.ChannelClosed);
      const line = createFaultLine(faults, randomOf(seed), (frame) => {
        if (frame.equals(last)) resolve();
        else arrived.push(frame);
      });
      for (let i = 0; i < COUNT; i++) line.send(frameOf(i));
      line.send(last);
    });
    return arrived;
  };
  const sent = Array.from({ length: COUNT }, (_, i) => frameOf(i));

  it('passes everything on without any', async () => {
    assert.deepEqual(await arrivals({}), sent);
  });

  it('keeps the order when it delays', async () => {
    assert.deepEqual(await arrivals({ delay: 5 }), sent);
  });

  it('does the same for the same seed', async () => {
    const faults = { loss: 0.1, duplication: 0.1, reordering: 0.1, garbage: 0.1, truncation: 0.1 };
    assert.deepEqual(await arrivals(faults), await arrivals(faults));
    assert.notDeepEqual(await arrivals(faults, 7), await arrivals(faults, 8));
  });

  it('loses about as many as it is asked to', async () => {
    const arrived = await arrivals({ loss: 0.2 });
    assert.ok(arrived.length > COUNT * 0.7 && arrived.length < COUNT * 0.9, `${arrived.length}`);
  });

  it('never touches messages of the service', () => {
    const arrived: Buffer[] = [];
    const line = createFaultLine({ loss: 1, garbage: 1 }, randomOf(1), (frame) =>
      arrived.push(frame),
    );
    const frame = frameOf(0, MessageType.PausePublication);
    line.send(frame);
    assert.deepEqual(arrived, [frame]);
  });

  it('sends the good frame after every bad copy', async () => {
    const arrived = await arrivals({ truncation: 0.3, wrongDigest: 0.3, absurdHeaderLength: 0.3 });
    assert.ok(arrived.length > COUNT * 1.5);
    assert.deepEqual(
      arrived.filter((frame) => sent.some((good) => good.equals(frame))),
      sent,
    );
  });
});

describe('a session with faults', () => {
  let aws: LocalAws;
  let client: RawClient;

  beforeEach(async () => {
    aws = await startLocalAws();
  });
  afterEach(async () => {
    client.close();
    await aws.close();
  });

  const start = async (faults: Faults) => {
    const response = await aws.startSession(
      { Target: 'i-0123456789abcdef0' },
      { faults, agent: { resendInterval: 5 } },
    );
    return { response, session: aws.session(response.SessionId) };
  };

  it('loses no output, as the agent sends again until it is acknowledged', async () => {
    client = createRawClient({ resends: 20 });
    const messy = {
      loss: 0.1,
      duplication: 0.1,
      reordering: 0.2,
      garbage: 0.1,
      truncation: 0.1,
      wrongDigest: 0.1,
      absurdHeaderLength: 0.1,
    };
    const { response, session } = await start({ seed: 3, toClient: messy, toAgent: messy });
    await client.connect(response);
    client.type('stty -echo -onlcr; PS1=; seq 1 5000; exit\r');
    await session.closed;
    const expected = Array.from({ length: 5000 }, (_, i) => `${i + 1}\n`).join('');
    assert.ok(client.output().endsWith(expected));
    assert.ok(session.record.resent > 0);
    assert.ok(session.record.invalid > 0);
    assert.ok(client.broken.length > 0);
  });

  for (const direction of ['to-client', 'to-agent'] as const) {
    it(`cuts the connection in the middle of a frame, ${direction}, and the client can continue`, async () => {
      client = createRawClient({ resends: 20 });
      const { response, session } = await start({
        cuts: [{ direction, afterBytes: direction === 'to-client' ? 3001 : 1501 }],
      });
      await client.connect(response);
      await client.until('the prompt', () => client.output() === '$ ');
      client.type('stty -echo\r');
      await client.until('no echo any more', () => client.output().endsWith('\n$ '));
      for (let i = 0; i < 20; i++) client.type(`echo line $((${i} + 1000))\r`);
      await client.until('the cut', () => client.closed !== undefined);
      assert.equal(client.closed?.code, 1006);
      await session.until('the gateway notices', () => !session.clientConnected);
      await client.connect(response);
      client.type('exit\r');
      await session.closed;
      for (let i = 0; i < 20; i++) assert.match(client.output(), new RegExp(` line ${i + 1000}\r`));
      assert.equal(session.record.connections.length, 2);
    });
  }

  it('cuts the client when more messages a second pass than the service lets through', async () => {
    client = createRawClient();
    const LIMIT = 20;
    const { response, session } = await start({ messagesPerSecond: LIMIT });
    await client.connect(response);
    for (let i = 0; i <= LIMIT; i++) client.type(' ');
    await session.until('the cut', () => session.record.rateCuts === 1);
    await session.until('its end', () => !session.clientConnected);
    assert.ok(session.record.received <= LIMIT);
    await client.connect(response);
    await session.until('the next connection', () => session.clientConnected);
  });
});
