import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Flag } from '../../../../src/protocol/flag.ts';
import { MessageType } from '../../../../src/protocol/client-message.ts';
import { PayloadType } from '../../../../src/protocol/payload-type.ts';
import type { AgentOptions, LocalAws } from '../../local-aws.ts';
import { createRawClient, RAW_CLIENT_VERSION, type RawClient } from '../support/raw-client.ts';
import { startForEachTest } from '../support/target-and-client.ts';

describe('the gateway of the local target', () => {
  let aws: LocalAws;
  let client: RawClient;

  startForEachTest((started) => ({ aws, client } = started), { resends: 50 });

  const start = async (agent: AgentOptions = {}) => {
    const response = await aws.startSession(
      { Target: 'i-0123456789abcdef0' },
      { agent: { resendInterval: 10, ...agent } },
    );
    return { response, session: aws.session(response.SessionId) };
  };
  const connected = async (agent?: AgentOptions) => {
    const started = await start(agent);
    await client.connect(started.response);
    await client.until('the prompt', () => client.output() === '$ ');
    return started.session;
  };
  const typeCount = (type: string): number =>
    client.messages.filter((message) => message.messageType === type).length;

  it('records the first message and the headers of each client', async () => {
    const session = await connected();
    const [connection] = session.record.connections;
    assert.equal(connection?.clientVersion, RAW_CLIENT_VERSION);
    assert.ok(connection.accepted);
    assert.match(connection.url, new RegExp(`^/v1/data-channel/${session.sessionId}\\?role=`));
    assert.equal(connection.headers.upgrade, 'websocket');
    assert.match(connection.clientId, /^[0-9a-f-]{36}$/);
    assert.match(connection.requestId, /^[0-9a-f-]{36}$/);
  });

  it('closes a connection whose token is wrong', async () => {
    const { response, session } = await start();
    await client.connect({ ...response, TokenValue: 'another' });
    await client.until('the end', () => client.closed !== undefined);
    assert.equal(client.closed?.code, 1008);
    assert.equal(session.record.connections[0]?.accepted, false);
    assert.ok(!session.clientConnected);
  });

  it('accepts only sessions that were started', async () => {
    const { response } = await start();
    await client.connect({
      ...response,
      StreamUrl: `${response.StreamUrl.split('/v1/')[0] ?? ''}/v1/data-channel/none`,
    });
    await client.until('the refusal', () => client.failure !== undefined);
    assert.match(client.failure ?? '', /404/);
  });

  it('answers pings and counts them', async () => {
    const session = await connected();
    client.ping();
    await client.until('the pong', () => client.pongs === 1);
    assert.equal(session.record.pings, 1);
  });

  it('takes frames of any size', async () => {
    await connected();
    const number = client.send(PayloadType.Size, ' '.repeat(1_000_000) + '{"cols":90,"rows":20}');
    await client.until('the acknowledgement', () => client.acknowledged.has(number));
  });

  it('drops a first frame that is not what it must be', async () => {
    const { response, session } = await start();
    await client.connect({ ...response, TokenValue: '' });
    await client.until('the end', () => client.closed !== undefined);
    assert.ok(!session.clientConnected);
  });

  it('closes with Bye and code 1000, and the session continues over the next connection', async () => {
    const session = await connected();
    session.closeWithBye();
    await client.until('the end', () => client.closed !== undefined);
    assert.deepEqual(client.closed, { code: 1000, reason: 'Bye' });
    await client.connect(session.response);
    client.type('echo $((6 * 7))\r');
    await client.until('the answer', () => client.output().includes('42\r\n'));
  });

  it('keeps output for a client that was cut off', async () => {
    const session = await connected();
    client.type('stty -echo\r');
    await client.until('no echo any more', () => client.output().endsWith('\n$ '));
    session.cutClient();
    await client.until('the end', () => client.closed !== undefined);
    assert.equal(client.closed?.code, 1006);
    await session.until('the gateway knows', () => !session.clientConnected);
    client.type('echo $((6 * 7))\r');
    await client.connect(session.response);
    await client.until('the answer', () => client.output().includes('42\r\n'));
  });

  it('keeps what has ended for a client that is away, and gives it up after a while', async () => {
    const silent = createRawClient({ acknowledges: false });
    const { response, session } = await start({ lingerTimeout: 20 });
    await silent.connect(response);
    silent.type('exit\r');
    await session.until('the shell has ended', () => session.record.childProcesses === 0);
    assert.equal(session.end, undefined);
    silent.cut();
    assert.deepEqual(await session.closed, { by: 'remote', output: '' });
    assert.ok(session.record.acknowledged < session.record.sent);
    silent.close();
  });

  it('makes a connection dead without closing it', async () => {
    const session = await connected();
    session.freezeClient();
    client.ping();
    client.type('echo unheard\r');
    const second = createRawClient();
    await second.connect(session.response);
    await session.until('the second client', () => session.record.connections.length === 2);
    await client.until('the end of the first', () => client.closed !== undefined);
    assert.equal(client.pongs, 0);
    assert.equal(session.record.received, 0);
    second.close();
  });

  it('asks the client to pause while the agent is disconnected, and to start when it is back', async () => {
    const session = await connected();
    session.cutAgent();
    await client.until('the pause', () => typeCount(MessageType.PausePublication) === 1);
    const number = client.type('echo $((6 * 7))\r');
    session.joinAgent();
    await client.until('the start', () => typeCount(MessageType.StartPublication) === 1);
    await client.until('the answer', () => client.output().includes('42\r\n'));
    assert.ok(client.acknowledged.has(number));
  });

  it('holds the frames of both sides and delivers everything afterwards', async () => {
    const session = await connected();
    session.delayPublication();
    await client.until('the pause', () => typeCount(MessageType.PausePublication) === 1);
    const number = client.type('echo $((6 * 7))\r');
    await session.until('the frame is there', () => session.record.framesFromClient > 1);
    assert.equal(session.record.received, 0);
    session.releasePublication();
    await client.until('the answer', () => client.output().includes('42\r\n'));
    assert.ok(client.acknowledged.has(number));
  });

  it('ends a session from its own side, with a text', async () => {
    const session = await connected();
    session.terminate('Session was ended by an administrator.');
    assert.equal((await session.closed).by, 'service');
    await client.until('channel_closed', () => client.channelClosed !== undefined);
    assert.equal(client.channelClosed?.Output, 'Session was ended by an administrator.');
    assert.equal(session.record.childProcesses, 0);
  });

  for (const [state, failure] of [
    ['unavailable', /503/],
    ['down', /socket hang up|ECONNRESET/],
  ] as const) {
    it(`refuses connections when it is ${state}, until it is up again`, async () => {
      const { response, session } = await start();
      session.setGateway(state);
      await client.connect(response);
      assert.match(client.failure ?? '', failure);
      session.setGateway('up');
      await client.connect(response);
      await client.until('the prompt', () => client.output() === '$ ');
    });
  }

  it('sends a frame of the test to the client as it is', async () => {
    const session = await connected();
    session.sendToClient(Buffer.from('no message'));
    await client.until('the broken frame', () => client.broken.length === 1);
  });

  it('leaves nothing when it is closed in the middle', async () => {
    const session = await connected();
    client.type("trap '' HUP INT TERM; while :; do sleep 1; done\r");
    await client.until('the echo', () => client.output().includes('done\r\n'));
    await aws.close();
    assert.deepEqual(await session.closed, { by: 'shutdown', output: '' });
    assert.equal(session.record.childProcesses, 0);
    assert.equal(client.flag(Flag.TerminateSession), 1);
    await assert.rejects(aws.startSession({ Target: 'i-1' }));
  });
});
