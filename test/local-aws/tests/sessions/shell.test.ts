import assert from 'node:assert/strict';
import { isRunning } from '../../../program/support/processes.ts';
import { describe, it } from 'node:test';
import { Flag } from '../../../../src/protocol/flag.ts';
import { MessageType } from '../../../../src/protocol/client-message.ts';
import { PayloadType } from '../../../../src/protocol/payload-type.ts';
import type { LocalAws, SessionOptions } from '../../local-aws.ts';
import type { RawClient } from '../support/raw-client.ts';
import { startForEachTest } from '../support/target-and-client.ts';

describe('a shell session of the local target', () => {
  let aws: LocalAws;
  let client: RawClient;

  startForEachTest((started) => ({ aws, client } = started));

  const start = async (options?: SessionOptions) => {
    const response = await aws.startSession({ Target: 'i-0123456789abcdef0' }, options);
    await client.connect(response);
    return aws.session(response.SessionId);
  };

  it('begins with the prompt, without a handshake', async () => {
    await start();
    await client.until('the prompt', () => client.output() === '$ ');
    const [first] = client.messages.filter(
      (message) => message.messageType === MessageType.OutputStreamData,
    );
    assert.equal(first?.sequenceNumber, 0);
    assert.equal(first.flags, 1);
    assert.equal(first.payloadType, PayloadType.Output);
  });

  it('is silent when its command is: only the service reports that the agent is connected', async () => {
    let read = (): void => undefined;
    const readAfter = new Promise<void>((resolve) => {
      read = resolve;
    });
    await start({ agent: { readAfter } });
    await client.until('the service', () =>
      client.messages.some(({ messageType }) => messageType === MessageType.StartPublication),
    );
    const number = client.type('echo $((6 * 7))\r');
    await client.until('the acknowledgement', () => client.acknowledged.has(number));
    assert.equal(client.output(), '');
    read();
    await client.until('the answer', () => client.output().includes('42\r\n'));
  });

  it('drops and acknowledges what arrives before it has decided against a handshake', async () => {
    let decide = (): void => undefined;
    const handshakeAfter = new Promise<void>((resolve) => {
      decide = resolve;
    });
    const session = await start({ agent: { handshakeAfter } });
    const number = client.type('echo $((6 * 7))\r');
    await client.until('the acknowledgement', () => client.acknowledged.has(number));
    assert.equal(session.record.ignored, 1);
    decide();
    await client.until('the prompt', () => client.output() === '$ ');
    assert.equal(session.record.inputBytes, 0);
  });

  it('runs what is typed and acknowledges it', async () => {
    await start();
    await client.until('the prompt', () => client.output() === '$ ');
    const number = client.type('echo $((6 * 7))\r');
    await client.until('the answer', () => client.output().includes('42\r\n$ '));
    assert.ok(client.acknowledged.has(number));
  });

  it('gives the terminal the size of a message', async () => {
    const session = await start();
    client.resize(123, 45);
    client.type('stty size\r');
    await client.until('the size', () => client.output().includes('45 123\r\n'));
    assert.deepEqual(session.record.sizes, [{ cols: 123, rows: 45 }]);
  });

  it('ends with channel_closed when the shell ends and all of it is acknowledged', async () => {
    const session = await start();
    client.type('exit\r');
    assert.deepEqual(await session.closed, { by: 'remote', output: '' });
    await client.until('channel_closed', () => client.channelClosed !== undefined);
    assert.equal(client.channelClosed?.SessionId, session.sessionId);
    assert.equal(client.channelClosed.Output, '');
    assert.equal(session.record.acknowledged, session.record.sent);
    assert.equal(session.record.childProcesses, 0);
  });

  it('ends with the flag TerminateSession and leaves no process', async () => {
    const session = await start();
    await client.until('the prompt', () => client.output() === '$ ');
    assert.equal(session.record.childProcesses, 1);
    const number = client.flag(Flag.TerminateSession);
    assert.deepEqual(await session.closed, { by: 'flag', output: '' });
    await client.until('the acknowledgement', () => client.acknowledged.has(number));
    assert.deepEqual(session.record.flags, [Flag.TerminateSession]);
    assert.equal(session.record.childProcesses, 0);
  });

  it('neither takes nor acknowledges input before its terminal is up', async () => {
    let open = (): void => undefined;
    const startAfter = new Promise<void>((resolve) => {
      open = resolve;
    });
    const session = await start({ agent: { startAfter } });
    client.type('echo $((6 * 7))\r');
    await session.until('the input is refused', () => session.record.refused === 1);
    assert.equal(client.acknowledged.size, 0);
    open();
    await client.until('the prompt', () => client.output() === '$ ');
    client.sendAs(0, PayloadType.Output, 'echo $((6 * 7))\r');
    await client.until('the answer', () => client.output().includes('42\r\n'));
    assert.ok(client.acknowledged.has(0));
  });

  it('delivers a large output completely', async () => {
    const session = await start();
    client.type('stty -echo -onlcr; PS1=; seq 1 60000; exit\r');
    await session.closed;
    const expected = Array.from({ length: 60_000 }, (_, i) => `${i + 1}\n`).join('');
    assert.equal(client.output().slice(-300), expected.slice(-300));
  });

  it('runs the command of an interactive document in its terminal, and ends with it', async () => {
    const response = await aws.startSession({
      Target: 'i-0123456789abcdef0',
      DocumentName: 'AWS-StartInteractiveCommand',
      Parameters: { command: ['tty >/dev/null && echo in a terminal; read line; echo "$line"'] },
    });
    await client.connect(response);
    await client.until('the beginning', () => client.output() === 'in a terminal\r\n');
    client.type('typed\r');
    assert.deepEqual(await aws.session(response.SessionId).closed, { by: 'remote', output: '' });
    assert.equal(client.output(), 'in a terminal\r\ntyped\r\ntyped\r\n');
  });

  it('takes any amount of input, though the command reads it only as its output is read', async () => {
    const BYTES = 1_000_000;
    const response = await aws.startSession({
      Target: 'i-0123456789abcdef0',
      DocumentName: 'AWS-StartInteractiveCommand',
      Parameters: { command: [`stty raw -echo; echo ready; head -c ${BYTES} | cat`] },
    });
    await client.connect(response);
    await client.until('the terminal is raw', () => client.output() === 'ready\n');
    const typed = Buffer.alloc(BYTES);
    for (let i = 0; i < BYTES; i++) typed[i] = 0x20 + ((i * 7) % 95);
    for (let offset = 0; offset < BYTES; offset += 1000) {
      client.send(PayloadType.Output, typed.subarray(offset, offset + 1000));
    }
    await aws.session(response.SessionId).closed;
    assert.ok(client.output() === `ready\n${typed.toString()}`);
  });

  it('leaves no process of any kind when it is terminated', async () => {
    await start();
    client.type("(trap '' HUP; sh -c 'echo child $$; exec sleep 600') &\r");
    await client.until('the process id', () => /child \d+\r/.test(client.output()));
    const pid = Number(/child (\d+)\r/.exec(client.output())?.[1]);
    assert.ok(isRunning(pid));
    await aws.close();
    assert.ok(!isRunning(pid));
  });
});
