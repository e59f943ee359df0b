import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { quoteForShell } from '../../../../src/lib/quote-for-shell.ts';
import { PayloadType } from '../../../../src/protocol/payload-type.ts';
import { isRunning, processEnded } from '../../../program/support/processes.ts';
import { makeFifo } from '../../../support/fifo.ts';
import { createVirtualClock } from '../../../support/virtual-clock.ts';
import type { LocalAws, LocalSession, SessionOptions } from '../../local-aws.ts';
import { completeHandshake, createRawClient, type RawClient } from '../support/raw-client.ts';
import { startForEachTest } from '../support/target-and-client.ts';

// docs/design/agent.md#separate-output; processCommandsWithOutputStreamSeparate,
// setupRoutineToWriteCmdPipelineOutput and sendExitCode of the agent's shell.go.
describe('separate output of the local target', () => {
  let aws: LocalAws;
  let client: RawClient;

  startForEachTest((started) => ({ aws, client } = started));

  const start = async (
    script: string,
    options: SessionOptions = {},
    by = client,
  ): Promise<LocalSession> => {
    const response = await aws.startSession(
      {
        Target: 'i-0123456789abcdef0',
        DocumentName: 'AWS-StartNonInteractiveCommand',
        Parameters: {
          command: [`sh -c ${quoteForShell(script)}`],
          separateOutputStream: ['true'],
        },
      },
      options,
    );
    await by.connect(response);
    await completeHandshake(by);
    return aws.session(response.SessionId);
  };
  const status = (): string =>
    client.stream
      .filter(({ payloadType }) => payloadType === PayloadType.ExitCode)
      .map(({ payload }) => payload.toString())
      .join('');
  const disconnect = async (session: LocalSession): Promise<void> => {
    client.cut();
    await session.until('the client is away', () => !session.clientConnected);
  };

  // Tried with the agent 3.3.
  it('ends for good when it finds the channel paused between two reads; the status may still come', async (t) => {
    const [first, second] = [makeFifo(t), makeFifo(t)];
    const session = await start(
      `echo one; read -r _ < ${first}; echo two; read -r _ < ${second}; echo three`,
    );
    await client.until('the beginning', () => client.output() === 'one\n');
    await disconnect(session);
    writeFileSync(first, '\n');
    await session.until('the loop has ended', () => session.record.stoppedOutputs === 1);
    await client.connect(session.response);
    await client.until('what was read', () => client.output() === 'one\ntwo\n');
    writeFileSync(second, '\n');
    await session.closed;
    await client.until('the status', () => status() === 'EXIT_CODE: 0');
    assert.equal(client.output(), 'one\ntwo\n');
  });

  it('does not notice a pause that ends before the next read', async (t) => {
    const go = makeFifo(t);
    const session = await start(`echo one; read -r _ < ${go}; echo two`);
    await client.until('the beginning', () => client.output() === 'one\n');
    await disconnect(session);
    await client.connect(session.response);
    writeFileSync(go, '\n');
    await client.until('the status', () => status() === 'EXIT_CODE: 0');
    assert.equal(client.output(), 'one\ntwo\n');
    assert.equal(session.record.stoppedOutputs, 0);
  });

  it('sends no status while the channel is paused', async (t) => {
    const go = makeFifo(t);
    const session = await start(`read -r _ < ${go}; exit 3`);
    await session.until('the command runs', () => session.record.childProcesses === 1);
    await disconnect(session);
    writeFileSync(go, '\n');
    await session.closed;
    const handshakeMessages = 2;
    assert.equal(session.record.sent, handshakeMessages);
  });

  it('ends for good when the service asks for a pause because the client takes nothing', async () => {
    const script = 'head -c 100000000 /dev/zero | tr "\\\\0" x; exit 0';
    const session = await start(script, { faults: { stallTimeout: 50 } });
    client.pause();
    await session.until('the pause', () => session.record.pauses === 1);
    client.resume();
    await session.until('the loop has ended', () => session.record.stoppedOutputs === 1);
    const { outputBytes } = session.record;
    assert.ok(outputBytes < 100_000_000);
    await client.until('everything that was sent', () => client.received === outputBytes);
    assert.equal(session.end, undefined);
    assert.equal(session.record.childProcesses, 1);
  });

  // PrepareToCloseChannel of the agent's datachannel.go.
  it('goes 2 s after the end of the command, with whatever is unacknowledged', async () => {
    const silent = createRawClient({ acknowledges: false });
    const clock = createVirtualClock();
    const session = await start('echo out', { agent: { clock } }, silent);
    await session.until('its end', () => session.record.childProcesses === 0);
    clock.advance(1_999);
    assert.equal(session.end, undefined);
    clock.advance(1);
    assert.deepEqual(await session.closed, { by: 'remote', output: '' });
    assert.equal(session.record.acknowledged, 0);
    silent.close();
  });

  // Tried with the agent 3.3: docs/design/agent.md#ended-by-the-service.
  it('loses its first process by SIGKILL when the service ends the session, and none that this has started', async () => {
    const script = `trap 'echo trapped' HUP INT TERM EXIT; sleep 600 >/dev/null 2>&1 & echo "$$ $!"; wait`;
    const session = await start(script);
    await client.until('the process ids', () => /^\d+ \d+\n$/.test(client.output()));
    const [first = '', child = ''] = client.output().trim().split(' ');
    session.terminate();
    await session.closed;
    await processEnded(Number(first));
    assert.ok(isRunning(Number(child)));
    assert.ok(!client.output().includes('trapped'));
    await aws.close();
    await processEnded(Number(child));
  });
});
