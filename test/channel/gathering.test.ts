import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createChannel } from '../../src/channel/channel.ts';
import { silentLogger } from '../../src/logging/logger.ts';
import { MessageType } from '../../src/protocol/client-message.ts';
import { PayloadType } from '../../src/protocol/payload-type.ts';
import { createAgentChannel, type AgentChannel } from '../local-aws/agent/channel/agent-channel.ts';
import { publicationFrame } from '../local-aws/gateway/service-messages.ts';
import { newSessionRecord, type SessionRecord } from '../local-aws/session/session-record.ts';
import { createVirtualClock, type VirtualClock } from '../support/virtual-clock.ts';
import { joinChannel, output, passUntil, type JoinedChannel } from './joined-channel.ts';

/** What the agent sends while there is more to send. */
const FULL = Buffer.alloc(1024, 'f');
const HOLD_MS = 8;
/** More than the 4 messages that are processed at once. */
const BULK = 5;

/** A channel that has received bulk data, 1 ms apart, and holds the last of it. */
function receivingBulk(): JoinedChannel {
  const joined = joinChannel();
  joined.channel.attach(joined.peer.socket);
  sendFull(joined, BULK);
  assert.equal(joined.inbox.length, BULK - 1);
  return joined;
}

function sendFull({ peer, clock }: JoinedChannel, count: number): void {
  for (let i = 0; i < count; i++) {
    clock.advance(1);
    peer.send(FULL);
  }
}

describe('a channel, receiving bulk data', () => {
  it('delivers and acknowledges in one go what arrives within 8 ms', () => {
    const joined = receivingBulk();
    const { peer, inbox, clock } = joined;
    sendFull(joined, HOLD_MS - 1);
    assert.equal(peer.acknowledgements, BULK - 1);
    clock.advance(1);
    assert.equal(peer.acknowledgements, BULK + HOLD_MS - 1);
    assert.equal(inbox.length, BULK + HOLD_MS - 1);
    sendFull(joined, 1);
    assert.equal(peer.unacknowledged, 1);
  });

  it('holds no more than 64 KiB', () => {
    const { peer } = receivingBulk();
    for (let i = 0; i < 64; i++) {
      peer.send(FULL);
      assert.ok(peer.unacknowledged * FULL.length <= 64 * 1024);
    }
    assert.ok(peer.unacknowledged < 64);
  });

  it('delivers at once what is no full payload, in its order', () => {
    const { peer, inbox } = receivingBulk();
    peer.send(Buffer.from('$ '));
    assert.equal(peer.unacknowledged, 0);
    assert.deepEqual(inbox.slice(-2).map(String), [String(FULL), '$ ']);
  });

  it('counts a payload as full that ends before a character', () => {
    const joined = joinChannel();
    joined.channel.attach(joined.peer.socket);
    for (let i = 0; i < BULK; i++) joined.peer.send(Buffer.alloc(1021));
    assert.equal(joined.peer.unacknowledged, 1);
  });

  it('begins anew after a pause: the first messages are acknowledged at once', () => {
    const joined = receivingBulk();
    joined.clock.advance(2 * HOLD_MS);
    sendFull(joined, BULK - 1);
    assert.equal(joined.peer.unacknowledged, 0);
  });

  it('holds nothing that comes slowly', () => {
    const joined = joinChannel();
    joined.channel.attach(joined.peer.socket);
    for (let i = 0; i < 10; i++) {
      joined.clock.advance(HOLD_MS + 1);
      joined.peer.send(FULL);
      assert.equal(joined.peer.unacknowledged, 0);
    }
  });

  it('holds no acknowledgement when something else is sent, and no answer to it', () => {
    const joined = receivingBulk();
    const { channel, peer, outbox } = joined;
    outbox.push(output('key'));
    channel.wake();
    assert.equal(peer.unacknowledged, 0);
    sendFull(joined, BULK - 1);
    assert.equal(peer.unacknowledged, 0);
    sendFull(joined, 1);
    assert.equal(peer.unacknowledged, 1);
  });

  it('holds nothing where that is turned off', () => {
    const joined = joinChannel({ gathering: 'at-once' });
    joined.channel.attach(joined.peer.socket);
    sendFull(joined, 20);
    assert.equal(joined.peer.unacknowledged, 0);
  });
});

describe('what a channel holds', () => {
  it('is acknowledged before its socket closes', () => {
    const { channel, peer, inbox } = receivingBulk();
    channel.detach();
    assert.equal(inbox.length, BULK);
    assert.equal(peer.unacknowledged, 0);
  });

  it('is delivered before receiving pauses', () => {
    const { channel, peer, inbox } = receivingBulk();
    channel.pauseReceiving();
    assert.equal(inbox.length, BULK);
    assert.equal(peer.unacknowledged, 0);
  });

  it('is delivered before the end that the service reports', () => {
    const { peer, inbox, closed } = receivingBulk();
    peer.sendOnce({
      messageType: MessageType.ChannelClosed,
      payload: Buffer.from('{"SessionId":"s","Output":"it was time"}'),
    });
    assert.equal(inbox.length, BULK);
    assert.deepEqual(closed, ['it was time']);
  });

  it('is discarded with the channel, and leaves no timer', () => {
    const { channel, inbox, clock } = receivingBulk();
    channel.close();
    clock.advance(HOLD_MS);
    assert.equal(inbox.length, BULK - 1);
    assert.equal(clock.pending, joinChannel().clock.pending);
  });

  it('is not delivered further when a consumer closes the channel', () => {
    const delivered: Buffer[] = [];
    const joined = joinChannel({
      deliver: (payload) => {
        if (delivered.push(payload) === BULK) joined.channel.close();
        return true;
      },
    });
    joined.channel.attach(joined.peer.socket);
    sendFull(joined, BULK + 2);
    joined.clock.advance(HOLD_MS);
    assert.equal(delivered.length, BULK);
  });
});

/** Milliseconds of the agent between two messages: its pause of 1 ms, or what a port takes in practice. */
const PACES = [1, 1.1, 1.7, 2, 5, 7.9, 8.1];
const ONE_WAY = [0.1, 5, 40, 150];
const MESSAGES = 2000;
/** Acknowledgements that the double's estimate needs to follow from its 100 ms to a round trip. */
const SETTLED = 200;

interface AgentAndChannel {
  readonly clock: VirtualClock;
  readonly agent: AgentChannel;
  readonly record: SessionRecord;
}

/** The double's agent and a channel, with the same delay in both directions. */
function joinAgent(oneWayMs: number): AgentAndChannel {
  const clock = createVirtualClock();
  const record = newSessionRecord();
  const channel = createChannel({
    clock,
    logger: silentLogger,
    fillRandom: () => undefined,
    messagesPerSecond: 0,
    deliver: () => true,
    next: () => undefined,
    closedByService: () => undefined,
    agentConnected: () => undefined,
    onUnacknowledged: () => assert.fail('gave up'),
  });
  const agent = createAgentChannel({
    clock,
    record,
    changed: () => undefined,
    resendInterval: 100,
    incomingCapacity: 100_000,
    outgoingCapacity: 100_000,
    link: {
      send: (frame) => clock.after(oneWayMs, () => channel.receive(frame)),
      congested: false,
      pauseReceiving: () => undefined,
      resumeReceiving: () => undefined,
      sessionState: () => undefined,
    },
    events: { message: () => true, writable: () => undefined, resendLimit: () => undefined },
  });
  channel.attach({
    send: (frame) => clock.after(oneWayMs, () => agent.receive(frame)),
    pause: () => undefined,
    resume: () => undefined,
  });
  agent.receive(publicationFrame(MessageType.StartPublication));
  return { clock, agent, record };
}

describe('an agent whose bulk data is acknowledged in batches', () => {
  for (const oneWayMs of ONE_WAY) {
    it(`sends nothing again at any pace, ${oneWayMs} ms away`, () => {
      for (const pace of PACES) {
        const { clock, agent, record } = joinAgent(oneWayMs);
        // Single messages first: the agent's estimate is the bare round trip then, without variation.
        for (let i = 0; i < SETTLED; i++) {
          agent.send(PayloadType.Output, Buffer.from('x'));
          clock.advance(20);
        }
        const before = record.resent;
        for (let i = 0; i < MESSAGES; i++) {
          agent.send(PayloadType.Output, FULL);
          clock.advance(pace);
        }
        passUntil(clock, () => record.acknowledged === SETTLED + MESSAGES, 1);
        assert.equal(record.resent - before, 0, `${pace} ms apart`);
      }
    });
  }

  it('has the acknowledgement of its last message within its wait of 2 s', () => {
    const { clock, agent } = joinAgent(5);
    for (let i = 0; i < 100; i++) {
      agent.send(PayloadType.Output, FULL);
      clock.advance(1);
    }
    const end = clock.monotonic();
    let acknowledgedAt = NaN;
    agent.whenAcknowledged(() => (acknowledgedAt = clock.monotonic()));
    clock.advance(2000);
    assert.ok(acknowledgedAt - end <= 10 + HOLD_MS, `${acknowledgedAt - end} ms`);
  });
});
