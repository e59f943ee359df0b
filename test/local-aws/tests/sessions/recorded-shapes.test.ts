import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { decodeClientMessage, MessageType } from '../../../../src/protocol/client-message.ts';
import { PayloadType } from '../../../../src/protocol/payload-type.ts';
import { recordedFrames, type RecordedFrame } from '../../../protocol/support/recorded-frames.ts';
import type { LocalAws, StartSessionRequest } from '../../local-aws.ts';
import type { RawClient } from '../support/raw-client.ts';
import { startForEachTest } from '../support/target-and-client.ts';

const TARGET = 'i-0123456789abcdef0';

/** The stream messages that a recorded party sent. */
function recorded(session: string, direction: RecordedFrame['direction']) {
  return recordedFrames
    .filter((frame) => frame.session === session && frame.direction === direction)
    .map((frame) => decodeClientMessage(Buffer.from(frame.hex, 'hex')))
    .filter((message) => message.messageType !== MessageType.Acknowledge);
}

/** Names of members at every depth, without the values. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shapeOf);
  if (typeof value !== 'object' || value === null) return typeof value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, shapeOf(member)] as const),
  );
}

describe('the local target against recordings of a real agent', () => {
  let aws: LocalAws;
  let client: RawClient;

  startForEachTest((started) => ({ aws, client } = started));
  const start = async (request: StartSessionRequest): Promise<void> => {
    await client.connect(await aws.startSession(request));
  };
  /** Sends what the recorded client sent, each message once the one before is acknowledged. */
  const replay = async (session: string): Promise<void> => {
    for (const message of recorded(session, 'client to agent')) {
      const number = client.send(message.payloadType as PayloadType, message.payload);
      await client.until(`number ${number} is acknowledged`, () => client.acknowledged.has(number));
    }
  };
  const shapes = (messages: readonly { payloadType: number; flags: number; payload: Buffer }[]) =>
    messages.map(({ payloadType, flags, payload }) => ({
      payloadType,
      flags,
      shape: payload.toString().startsWith('{') ? shapeOf(JSON.parse(payload.toString())) : '',
    }));

  it('answers in a shell what the agent answered', async () => {
    const session = 'shell without handshake';
    await start({ Target: TARGET });
    await client.until('the prompt', () => client.output() === '$ ');
    const [size] = recorded(session, 'client to agent');
    assert.equal(size?.payloadType, PayloadType.Size);
    client.send(PayloadType.Size, size.payload);
    // A terminal that is not in raw mode takes the recorded line feed as it takes Enter.
    client.type('echo hi\n');
    const expected = recorded(session, 'agent to client')
      .map((message) => message.payload.toString())
      .join('');
    await client.until('the recorded output', () => client.output() === expected);
  });

  it('sends the same messages around a command', async () => {
    const session = 'non-interactive, separate output';
    const agent = recorded(session, 'agent to client');
    await start({
      Target: TARGET,
      DocumentName: 'AWS-StartNonInteractiveCommand',
      Parameters: {
        command: ["echo 'out; echo err >&2; exit 7'"],
        separateOutputStream: ['true'],
      },
    });
    await client.until('the handshake request', () => client.stream.length === 1);
    await replay(session);
    await client.until('everything', () => client.stream.length === agent.length);
    assert.deepEqual(shapes(client.stream), shapes(agent));
    assert.deepEqual(client.stream[2]?.payload, agent[2]?.payload);
    assert.deepEqual(client.stream[3]?.payload, agent[3]?.payload);
  });

  it('serves two connections as the agent did', async () => {
    const session = 'port, multiplexed, two connections';
    const service = createServer((socket) => socket.pipe(socket));
    service.listen(0, '127.0.0.1');
    await once(service, 'listening');
    const { port } = service.address() as AddressInfo;
    await start({
      Target: TARGET,
      DocumentName: 'AWS-StartPortForwardingSession',
      Parameters: { portNumber: [String(port)], localPortNumber: ['0'] },
    });
    const recordedOutput: Buffer[] = [];
    for (const frame of recordedFrames.filter((one) => one.session === session)) {
      const message = decodeClientMessage(Buffer.from(frame.hex, 'hex'));
      if (message.messageType === MessageType.InputStreamData) {
        client.send(message.payloadType as PayloadType, message.payload);
      } else if (message.payloadType === PayloadType.Output) {
        recordedOutput.push(message.payload);
        const expected = Buffer.concat(recordedOutput).toString('latin1');
        await client.until('the recorded answer', () => client.output() === expected);
      } else if (message.messageType === MessageType.OutputStreamData) {
        await client.until(
          'the handshake goes on',
          () => client.stream.length > message.sequenceNumber,
        );
        assert.deepEqual(
          shapes(client.stream.slice(message.sequenceNumber, message.sequenceNumber + 1)),
          shapes([message]),
        );
      }
    }
    assert.equal(recordedOutput.length, 4);
    service.close();
  });
});
