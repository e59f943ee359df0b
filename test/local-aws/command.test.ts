import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { PayloadType } from '../../src/protocol/payload-type.ts';
import type { LocalAws, LocalSession } from './local-aws.ts';
import { completeHandshake, type RawClient } from './raw-client.ts';
import { startForEachTest } from './target-and-client.ts';

describe('a non-interactive command of the local target', () => {
  let aws: LocalAws;
  let client: RawClient;

  startForEachTest((started) => ({ aws, client } = started));

  const start = async (command: string, separate = false): Promise<LocalSession> => {
    const response = await aws.startSession({
      Target: 'i-0123456789abcdef0',
      DocumentName: 'AWS-StartNonInteractiveCommand',
      Parameters: { command: [command], separateOutputStream: [String(separate)] },
    });
    await client.connect(response);
    await completeHandshake(client);
    return aws.session(response.SessionId);
  };
  const text = (payloadType: number): string =>
    client.stream
      .filter((message) => message.payloadType === payloadType)
      .map((message) => message.payload.toString())
      .join('');

  it('begins with a handshake that names its type and nothing else', async () => {
    await start('true');
    const [request, complete] = client.stream;
    assert.deepEqual(JSON.parse(request?.payload.toString() ?? ''), {
      AgentVersion: '3.3.0.0',
      RequestedClientActions: [
        {
          ActionType: 'SessionType',
          ActionParameters: { SessionType: 'NonInteractiveCommands', Properties: null },
        },
      ],
    });
    assert.equal(complete?.payloadType, PayloadType.HandshakeComplete);
  });

  it('puts both outputs into one, and says no status', async () => {
    const session = await start('echo out; echo err >&2; exit 7');
    await session.closed;
    assert.equal(text(PayloadType.Output), 'out\nerr\n');
    assert.equal(text(PayloadType.StdErr), '');
    assert.equal(text(PayloadType.ExitCode), '');
  });

  it('separates the outputs and says the status when asked to', async () => {
    const session = await start('echo out; echo err >&2; exit 7', true);
    await session.closed;
    assert.equal(text(PayloadType.Output), 'out\n');
    assert.equal(text(PayloadType.StdErr), 'err\n');
    assert.equal(text(PayloadType.ExitCode), 'EXIT_CODE: 7');
    assert.equal(client.stream.at(-1)?.payloadType, PayloadType.ExitCode);
  });

  for (const [name, byte] of [
    ['INT', '\x03'],
    ['QUIT', '\x1c'],
    ['TSTP', '\x1a'],
  ] as const) {
    it(`turns ${JSON.stringify(byte)} into SIG${name}`, async () => {
      const command = `trap 'echo got ${name}; exit 0' ${name}; echo ready; while :; do sleep 0.05; done`;
      const session = await start(command);
      await client.until('the command runs', () => client.output() === 'ready\n');
      client.type(byte);
      await session.closed;
      assert.ok(client.output().endsWith(`got ${name}\n`));
    });
  }

  it('cuts output into payloads of at most 1024 bytes and loses none of it', async () => {
    const session = await start('seq 1 100000');
    await session.closed;
    assert.equal(client.output(), Array.from({ length: 100_000 }, (_, i) => `${i + 1}\n`).join(''));
    assert.ok(client.stream.every((message) => message.payload.length <= 1024));
  });

  it('ignores what comes before the handshake is complete', async () => {
    const response = await aws.startSession({
      Target: 'i-0123456789abcdef0',
      DocumentName: 'AWS-StartNonInteractiveCommand',
      Parameters: { command: ['echo ready; sleep 600'] },
    });
    const session = aws.session(response.SessionId);
    await client.connect(response);
    const number = client.type('\x03');
    await client.until('the acknowledgement', () => client.acknowledged.has(number));
    assert.equal(session.record.ignored, 1);
    await completeHandshake(client);
    await client.until('the command runs', () => client.output() === 'ready\n');
  });

  it('ends the session when the client fails an action', async () => {
    const response = await aws.startSession({
      Target: 'i-0123456789abcdef0',
      DocumentName: 'AWS-StartNonInteractiveCommand',
      Parameters: { command: ['echo never'] },
    });
    await client.connect(response);
    client.send(
      PayloadType.HandshakeResponse,
      JSON.stringify({
        ClientVersion: '1.3.0.0',
        ProcessedClientActions: [
          { ActionType: 'SessionType', ActionStatus: 3, ActionResult: null, Error: 'unknown' },
        ],
        Errors: ['unknown'],
      }),
    );
    const end = await aws.session(response.SessionId).closed;
    assert.equal(end.by, 'handshake');
    await client.until('channel_closed', () => client.channelClosed !== undefined);
    assert.match(client.channelClosed?.Output ?? '', /SessionType failed on client with status 3/);
  });

  it('ends the session when the client does not answer', async () => {
    const response = await aws.startSession(
      {
        Target: 'i-0123456789abcdef0',
        DocumentName: 'AWS-StartNonInteractiveCommand',
        Parameters: { command: ['echo never'] },
      },
      { agent: { handshakeTimeout: 50 } },
    );
    await client.connect(response);
    assert.equal((await aws.session(response.SessionId).closed).by, 'handshake');
  });
});
