import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { OutgoingMessage } from '../../../src/channel/outgoing-message.ts';
import { PayloadType } from '../../../src/protocol/payload-type.ts';
import {
  createHandshakeProbe,
  HANDSHAKE_GRACE_MS,
  mayLackHandshake,
} from '../../../src/session/handshake/handshake-probe.ts';
import { createVirtualClock } from '../../support/virtual-clock.ts';
import { handshake, sentJson, sessionType } from '../support/handshake-payloads.ts';
import { joinSession, type JoinedSession } from '../support/joined-session.ts';
import { settle } from '../connection/scripted-sockets.ts';
import { STARTING } from '../support/session-options.ts';

const SIZE = { cols: 80, rows: 24 };

/** The agent acknowledges what it has, and time passes. */
async function passGrace({ agent, clock }: JoinedSession): Promise<void> {
  agent.received();
  clock.advance(HANDSHAKE_GRACE_MS);
  agent.received();
  await settle();
}

describe('a session whose agent sends nothing', () => {
  it('sends the size once the agent is connected, and input once no handshake has come', async () => {
    const session = await joinSession({ documentName: 'AWS-StartInteractiveCommand' });
    const { agent, stdin, stdout } = session;
    stdin.write('typed early');
    await settle();
    assert.deepEqual(agent.received(), []);
    agent.startPublication();
    await settle();
    assert.deepEqual(sentJson(agent, PayloadType.Size), [SIZE]);
    await passGrace(session);
    assert.equal(agent.typed(), 'typed early');
    agent.send(PayloadType.Output, 'got it');
    await settle();
    assert.equal(stdout(), `${STARTING}got it`);
  });

  it('sends no input in plain text when a handshake comes after all', async () => {
    const session = await joinSession({ documentName: 'AWS-StartInteractiveCommand' });
    const { agent, clock, stdin } = session;
    stdin.write('secret');
    agent.startPublication();
    agent.received();
    clock.advance(HANDSHAKE_GRACE_MS - 1);
    agent.send(
      PayloadType.HandshakeRequest,
      handshake(sessionType('InteractiveCommands'), {
        ActionType: 'KMSEncryption',
        ActionParameters: { KMSKeyId: 'key' },
      }),
    );
    await passGrace(session);
    await passGrace(session);
    assert.equal(agent.typed(), '');
  });

  it('sends nothing while the agent does not acknowledge', async () => {
    const { agent, clock, stdin, sockets } = await joinSession();
    stdin.write('typed');
    agent.startPublication();
    await settle();
    clock.advance(60 * HANDSHAKE_GRACE_MS);
    const sizes = sockets.last().frames.length;
    assert.ok(sizes > 0);
    assert.equal(
      agent.received().filter(({ payloadType }) => payloadType !== PayloadType.Size).length,
      0,
    );
  });

  it('is a shell as soon as the agent sends output', async () => {
    const { agent, stdin } = await joinSession();
    stdin.write('id');
    agent.startPublication();
    agent.send(PayloadType.Output, '$ ');
    await settle();
    assert.equal(agent.typed(), 'id');
  });

  it('is asked nothing when its document always has a handshake', async () => {
    const { agent, clock } = await joinSession({ documentName: 'AWS-StartSSHSession' });
    agent.startPublication();
    clock.advance(2 * HANDSHAKE_GRACE_MS);
    await settle();
    assert.deepEqual(agent.received(), []);
  });
});

describe('the way to know that no handshake comes', () => {
  const begin = () => {
    const clock = createVirtualClock();
    const sent: OutgoingMessage[] = [];
    const link = { connectedSince: 0 as number | undefined, opening: true };
    let waiting: (() => void)[] = [];
    let started = 0;
    const start = createHandshakeProbe({
      clock,
      isOpening: () => link.opening,
      connectedSince: () => link.connectedSince,
      size: () => ({ payloadType: PayloadType.Size, payload: Buffer.from('{}') }),
      send: (message) => sent.push(message),
      whenAcknowledged: (callback) => waiting.push(callback),
      start: () => started++,
    });
    return {
      clock,
      link,
      start,
      sent,
      acknowledge: () => {
        const callbacks = waiting;
        waiting = [];
        for (const callback of callbacks) callback();
      },
      started: () => started,
    };
  };

  it('takes two acknowledged sizes, some time apart', () => {
    const { clock, start, acknowledge, sent, started } = begin();
    start.agentConnected();
    assert.equal(sent.length, 1);
    clock.advance(HANDSHAKE_GRACE_MS);
    assert.equal(sent.length, 1);
    acknowledge();
    clock.advance(HANDSHAKE_GRACE_MS - 1);
    assert.equal(sent.length, 1);
    clock.advance(1);
    assert.equal(sent.length, 2);
    assert.equal(started(), 0);
    acknowledge();
    assert.equal(started(), 1);
  });

  it('begins anew when the agent has connected again, or this side has', () => {
    const { clock, link, start, acknowledge, sent, started } = begin();
    start.agentConnected();
    acknowledge();
    clock.advance(HANDSHAKE_GRACE_MS / 2);
    start.agentConnected();
    acknowledge();
    clock.advance(HANDSHAKE_GRACE_MS / 2);
    assert.equal(sent.length, 2);
    clock.advance(HANDSHAKE_GRACE_MS / 2);
    assert.equal(sent.length, 3);
    link.connectedSince = clock.monotonic();
    acknowledge();
    assert.equal(started(), 0);
    acknowledge();
    clock.advance(HANDSHAKE_GRACE_MS);
    acknowledge();
    assert.equal(started(), 1);
  });

  it('stops when a message has arrived, or the session has ended', () => {
    const { clock, link, start, acknowledge, sent, started } = begin();
    start.agentConnected();
    link.opening = false;
    acknowledge();
    start.agentConnected();
    assert.equal(sent.length, 1);
    link.opening = true;
    start.agentConnected();
    acknowledge();
    start.stop();
    assert.equal(clock.pending, 0);
    assert.equal(started(), 0);
  });

  it('is taken in shells and documents that are not known', () => {
    const documents: readonly (readonly [string, boolean])[] = [
      ['', true],
      ['SSM-SessionManagerRunShell', true],
      ['AWS-StartInteractiveCommand', true],
      ['Our-Document', true],
      ['AWS-StartNonInteractiveCommand', false],
      ['AWS-StartSSHSession', false],
      ['AWS-StartPortForwardingSession', false],
      ['AWS-StartPortForwardingSessionToRemoteHost', false],
    ];
    for (const [name, expected] of documents) assert.equal(mayLackHandshake(name), expected, name);
  });
});
