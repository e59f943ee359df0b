import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { PayloadType } from '../../../../src/protocol/payload-type.ts';
import { quoteForShell } from '../../../../src/lib/quote-for-shell.ts';
import { makeFifo } from '../../../support/fifo.ts';
import { createVirtualClock } from '../../../support/virtual-clock.ts';
import type { LocalAws, LocalSession, SessionOptions } from '../../local-aws.ts';
import { completeHandshake, type RawClient } from '../support/raw-client.ts';
import { startForEachTest } from '../support/target-and-client.ts';

describe('a non-interactive command of the local target', () => {
  let aws: LocalAws;
  let client: RawClient;

  startForEachTest((started) => ({ aws, client } = started));

  const start = async (
    command: string,
    separate = false,
    { parameters = {}, ...options }: SessionOptions & { parameters?: object } = {},
  ): Promise<LocalSession> => {
    const response = await aws.startSession(
      {
        Target: 'i-0123456789abcdef0',
        DocumentName: 'AWS-StartNonInteractiveCommand',
        Parameters: {
          command: [command],
          separateOutputStream: [String(separate)],
          ...parameters,
        },
      },
      options,
    );
    await client.connect(response);
    await completeHandshake(client);
    return aws.session(response.SessionId);
  };
  const inShell = (script: string): string => `sh -c ${quoteForShell(script)}`;
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

  it('joins both outputs, and sends no status', async () => {
    const session = await start(inShell('echo out; echo err >&2; exit 7'));
    await session.closed;
    assert.equal(text(PayloadType.Output), 'out\nerr\n');
    assert.equal(text(PayloadType.StdErr), '');
    assert.equal(text(PayloadType.ExitCode), '');
  });

  it('separates the outputs and sends the status when asked to', async () => {
    const session = await start(inShell('echo out; echo err >&2; exit 7'), true);
    await session.closed;
    assert.equal(text(PayloadType.Output), 'out\n');
    assert.equal(text(PayloadType.StdErr), 'err\n');
    assert.equal(text(PayloadType.ExitCode), 'EXIT_CODE: 7');
    assert.equal(client.stream.at(-1)?.payloadType, PayloadType.ExitCode);
  });

  it('sends joined output after the end of the command', async () => {
    const session = await start(inShell('echo out; echo err >&2; kill -STOP $$; echo more'));
    assert.equal(text(PayloadType.Output), '');
    const { record } = session;
    await session.until('the command runs', () => record.childProcesses === 1);
    assert.equal(record.outputBytes, 0);
  });

  it('is executed in no shell, with the null device as input', async () => {
    await (
      await start('echo a | cat', true)
    ).closed;
    assert.equal(text(PayloadType.Output), 'a | cat\n');
  });

  it('reads nothing', async () => {
    await (
      await start(inShell('cat; readlink /proc/self/fd/0'), true)
    ).closed;
    assert.equal(text(PayloadType.Output), '/dev/null\n');
  });

  it('reports a missing program after a status of 1', async () => {
    await (
      await start('no-such-program x', true)
    ).closed;
    assert.deepEqual(
      client.stream.slice(2).map(({ payloadType, payload }) => [payloadType, payload.toString()]),
      [
        [PayloadType.ExitCode, 'EXIT_CODE: 1'],
        [PayloadType.StdErr, 'exec: "no-such-program": executable file not found in $PATH'],
      ],
    );
  });

  it('sends a status of -1 when a signal has ended it', async () => {
    await (
      await start(inShell('kill -9 $$'), true)
    ).closed;
    assert.equal(text(PayloadType.ExitCode), 'EXIT_CODE: -1');
  });

  it('sends no status, and after two seconds the reason, when its text cannot be split', async () => {
    const clock = createVirtualClock();
    const session = await start('echo "it\'s', true, { agent: { clock } });
    clock.advance(2_999);
    assert.equal(client.stream.length, 2);
    clock.advance(1);
    const end = session.closed;
    const why =
      'Unable to start command: Failed to parse commands input: EOF found when expecting closing quote\n\n';
    await client.until('the reason', () => text(PayloadType.StdErr) === why);
    assert.equal(text(PayloadType.ExitCode), '');
    assert.equal((await end).output, `\n----------ERROR-------\n${why}`);
  });

  it('has the prefixes of its document before each output that it writes at once', async (t) => {
    // One for each: a reader may come before the writer of the last line has closed it.
    const [first, second] = [makeFifo(t), makeFifo(t)];
    const script = 'printf one; read -r _ < "$0"; echo two; read -r _ < "$1"; echo three';
    const session = await start(`${inShell(script)} ${first} ${second}`, true, {
      parameters: { stdoutSeparatorPrefix: ['OUT:'], stderrSeparatorPrefix: ['ERR:'] },
    });
    await client.until('one', () => text(PayloadType.Output) === 'OUT:one');
    await writeFile(first, '\n');
    await client.until('two', () => text(PayloadType.Output) === 'OUT:onetwo\n');
    await writeFile(second, '\n');
    await session.closed;
    assert.equal(text(PayloadType.Output), 'OUT:onetwo\nOUT:three\n');
    assert.equal(text(PayloadType.StdErr), '');
  });

  for (const [command, says] of [
    [' ', 'Commands cannot be empty for session type NonInteractiveCommands'],
    ['#1', /^document process failed unexpectedly/],
  ] as const) {
    it(`ends with a reason and no status when it is ${JSON.stringify(command)}`, async () => {
      const clock = createVirtualClock();
      const session = await start(command, true, { agent: { clock } });
      clock.advance(60_000);
      await client.until('channel_closed', () => client.channelClosed !== undefined);
      const { output } = await session.closed;
      if (typeof says === 'string') assert.equal(output, says);
      else assert.match(output, says);
      assert.equal(client.stream.length, 2);
    });
  }

  for (const [name, byte] of [
    ['INT', '\x03'],
    ['QUIT', '\x1c'],
  ] as const) {
    it(`turns ${JSON.stringify(byte)} into SIG${name}`, async () => {
      const command = `trap 'echo got ${name}; exit 5' ${name}; echo ready; while :; do sleep 0.05; done`;
      const session = await start(inShell(command), true);
      await client.until('the command runs', () => client.output() === 'ready\n');
      client.type(byte);
      await session.closed;
      assert.ok(text(PayloadType.Output).endsWith(`got ${name}\n`));
      // It waits for the command twice, and only the first wait receives the status.
      assert.equal(text(PayloadType.ExitCode), 'EXIT_CODE: 1');
    });
  }

  it('makes no signal of Ctrl-Z', async () => {
    const traps = "trap 'echo got TSTP' TSTP; trap 'echo got INT; exit' INT";
    const command = `${traps}; echo ready; while :; do sleep 0.05; done`;
    const session = await start(inShell(command), true);
    await client.until('the command runs', () => client.output() === 'ready\n');
    client.type('\x1a');
    client.type('\x03');
    await session.closed;
    assert.equal(text(PayloadType.Output), 'ready\ngot INT\n');
  });

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
      Parameters: { command: [inShell('echo ready; sleep 600')], separateOutputStream: ['true'] },
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
