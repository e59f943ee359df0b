import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { createChannel, type Channel, type ChannelOptions } from '../../src/channel/channel.ts';
import type { OutgoingMessage } from '../../src/channel/outgoing-message.ts';
import { createRoundTripEstimate } from '../../src/channel/round-trip.ts';
import { silentLogger } from '../../src/logging/logger.ts';
import { MessageType } from '../../src/protocol/client-message.ts';
import { PayloadType } from '../../src/protocol/payload-type.ts';
import { randomOf, seeded, type Random } from '../support/random.ts';
import { createVirtualClock, type VirtualClock } from '../support/virtual-clock.ts';
import {
  chainDigest,
  createLossyPeer,
  NO_FAULTS,
  type LossyPeer,
  type PathFaults,
} from './lossy-peer.ts';

interface Joined {
  readonly clock: VirtualClock;
  readonly peer: LossyPeer;
  readonly channel: Channel;
  /** Messages the client will be asked for. */
  readonly outbox: OutgoingMessage[];
  readonly inbox: Buffer[];
  readonly closed: string[];
  readonly joined: {
    /** How many of the outbox were handed out. */
    pulls: number;
  };
}

interface JoinOptions {
  readonly faults?: PathFaults;
  readonly random?: Random;
  readonly messagesPerSecond?: number;
  readonly deliver?: (payload: Buffer) => boolean;
  readonly gaveUp?: () => void;
  readonly keepPayloads?: boolean;
}

function join(options: JoinOptions = {}): Joined {
  const clock = createVirtualClock();
  const random = options.random ?? randomOf(1);
  const peer = createLossyPeer({
    clock,
    random,
    faults: options.faults ?? NO_FAULTS,
    keepPayloads: options.keepPayloads ?? true,
  });
  const outbox: OutgoingMessage[] = [];
  const inbox: Buffer[] = [];
  const closed: string[] = [];
  const joined = { pulls: 0 };
  const channelOptions: ChannelOptions = {
    clock,
    logger: silentLogger,
    fillRandom: (buffer) => random.bytes(buffer.length).copy(buffer),
    messagesPerSecond: options.messagesPerSecond ?? 0,
    deliver: (_payloadType, payload) => {
      if (options.deliver !== undefined) return options.deliver(payload);
      inbox.push(payload);
      return true;
    },
    next: () => {
      const message = outbox[joined.pulls];
      if (message !== undefined) joined.pulls++;
      return message;
    },
    closedByService: (output) => closed.push(output),
    gaveUp: options.gaveUp ?? (() => assert.fail('gave up')),
  };
  const channel = createChannel(channelOptions);
  peer.deliverTo = (frame) => channel.receive(frame);
  return { joined, outbox, inbox, closed, clock, peer, channel };
}

function output(payload: Buffer | string): OutgoingMessage {
  return { payloadType: PayloadType.Output, payload: Buffer.from(payload) };
}

function numbered(count: number, prefix: string): Buffer[] {
  return Array.from({ length: count }, (_, i) => Buffer.from(`${prefix} ${i}`));
}

/** Lets time pass until the condition holds, and fails after an hour of it. */
function passUntil(clock: VirtualClock, condition: () => boolean, step = 50): void {
  const end = clock.monotonic() + 3_600_000;
  while (!condition()) {
    assert.ok(clock.monotonic() < end, 'an hour has passed');
    clock.advance(step);
  }
}

suite('channel', () => {
  test('sends what waits as soon as a socket is attached, numbered from 0', () => {
    const { channel, peer, outbox } = join();
    outbox.push(output('a'), output('b'));
    channel.wake();
    assert.equal(peer.arrivals, 0);
    channel.attach(peer.socket);
    assert.deepEqual(peer.payloads.map(String), ['a', 'b']);
  });

  test('sends a lone message within the call that announces it', () => {
    const { channel, peer, outbox } = join({ messagesPerSecond: 900 });
    channel.attach(peer.socket);
    outbox.push(output('k'));
    channel.wake();
    assert.deepEqual(peer.payloads.map(String), ['k']);
  });

  test('carries 100 000 messages over a path that loses, repeats and reorders', async () => {
    await seeded((random) => {
      const faults = { loss: 0.05, duplication: 0.05, reordering: 0.05, delay: 1 };
      const count = 100_000;
      const { channel, peer, outbox, clock } = join({ faults, random, keepPayloads: false });
      const sent = numbered(count, 'up');
      for (const payload of sent) outbox.push(output(payload));
      channel.attach(peer.socket);
      passUntil(clock, () => peer.received().count === count);
      assert.equal(peer.received().digest, chainDigest(sent));
    });
  });

  test('puts 3 000 messages from such a path in order, each of them once', async () => {
    await seeded((random) => {
      const faults = { loss: 0.05, duplication: 0.05, reordering: 0.05, delay: 1 };
      const { channel, peer, inbox, clock } = join({ faults, random });
      const sent = numbered(3_000, 'down');
      channel.attach(peer.socket);
      for (const payload of sent) peer.send(payload);
      passUntil(clock, () => peer.unacknowledged === 0);
      assert.deepEqual(inbox.map(String), sent.map(String));
    });
  });

  test('acknowledges a repeated message again without delivering it again', () => {
    const { channel, peer, inbox } = join();
    channel.attach(peer.socket);
    peer.send(Buffer.from('once'));
    assert.equal(peer.acknowledgements, 1);
    peer.sendOnce({ sequenceNumber: 0, payload: Buffer.from('once') });
    assert.equal(peer.acknowledgements, 2);
    assert.deepEqual(inbox.map(String), ['once']);
  });

  test('neither acknowledges nor counts a message that no consumer takes', () => {
    let ready = false;
    const taken: string[] = [];
    const { channel, peer, clock } = join({
      deliver: (payload) => {
        if (ready) taken.push(payload.toString());
        return ready;
      },
    });
    channel.attach(peer.socket);
    peer.send(Buffer.from('early'));
    assert.equal(peer.unacknowledged, 1);
    ready = true;
    passUntil(clock, () => peer.unacknowledged === 0);
    assert.deepEqual(taken, ['early']);
  });

  test('offers what waits behind a refused message again once the consumer is ready', () => {
    let room = 1;
    const taken: string[] = [];
    const { channel, peer } = join({
      deliver: (payload) => {
        if (room === 0) return false;
        room--;
        taken.push(payload.toString());
        return true;
      },
    });
    channel.attach(peer.socket);
    peer.sendOnce({ sequenceNumber: 1, payload: Buffer.from('second') });
    peer.sendOnce({ sequenceNumber: 0, payload: Buffer.from('first') });
    assert.deepEqual(taken, ['first']);
    room = 1;
    channel.wake();
    assert.deepEqual(taken, ['first', 'second']);
  });

  test('does not deliver a message again to a consumer that asks for more while it takes it', () => {
    const taken: string[] = [];
    const { channel, peer } = join({
      deliver: (payload) => {
        taken.push(payload.toString());
        channel.wake();
        return true;
      },
    });
    channel.attach(peer.socket);
    peer.sendOnce({ sequenceNumber: 1, payload: Buffer.from('second') });
    peer.sendOnce({ sequenceNumber: 2, payload: Buffer.from('third') });
    peer.sendOnce({ sequenceNumber: 0, payload: Buffer.from('first') });
    assert.deepEqual(taken, ['first', 'second', 'third']);
  });

  test('keeps 10 000 messages while one is missing and leaves the rest to the peer', () => {
    const { channel, peer } = join();
    channel.attach(peer.socket);
    for (let sequenceNumber = 1; sequenceNumber <= 10_001; sequenceNumber++) {
      peer.sendOnce({ sequenceNumber, payload: Buffer.from('x') });
    }
    assert.equal(peer.acknowledgements, 10_000);
  });

  test('drops broken frames and goes on', async () => {
    await seeded((random) => {
      const { channel, peer, inbox } = join({ random });
      channel.attach(peer.socket);
      for (let i = 0; i < 1_000; i++) channel.receive(random.bytes(random.below(400)));
      peer.send(Buffer.from('still here'));
      assert.deepEqual(inbox.map(String), ['still here']);
    });
  });

  test('holds no more than the window unacknowledged, and asks its source for no more', () => {
    const { channel, peer, outbox, joined } = join();
    peer.deaf = true;
    for (let i = 0; i < 1_000; i++) outbox.push(output(Buffer.alloc(1024)));
    channel.attach(peer.socket);
    assert.equal(joined.pulls, 64);
  });

  test('grows the window to 256 KiB and no further while acknowledgements come', () => {
    const faults = { ...NO_FAULTS, delay: 25 };
    const { channel, peer, outbox, joined, clock } = join({ faults });
    for (let i = 0; i < 5_000; i++) outbox.push(output(Buffer.alloc(1024)));
    channel.attach(peer.socket);
    let most = 0;
    passUntil(
      clock,
      () => {
        most = Math.max(most, joined.pulls - peer.received().count);
        return peer.received().count === 5_000;
      },
      1,
    );
    // What is on its way to the peer, and as much again may be acknowledged on its way back.
    assert.ok(most <= 256, `${most} messages unacknowledged`);
    assert.ok(most > 120, `${most} messages unacknowledged`);
  });

  test('keeps to the message rate and spends a pause as a short burst only', () => {
    const { channel, outbox, joined, clock, peer } = join({ messagesPerSecond: 900 });
    for (let i = 0; i < 10_000; i++) outbox.push(output('x'));
    channel.attach(peer.socket);
    clock.advance(60_000 / 60);
    const first = joined.pulls;
    assert.ok(first <= 950 && first >= 890, `${first} messages in the first second`);
    clock.advance(5_000);
    const rest = joined.pulls - first;
    assert.ok(rest <= 4_510 && rest >= 4_450, `${rest} messages in five seconds`);
  });

  test('sends nothing while publication is paused, and everything after it', () => {
    const { channel, peer, outbox, clock } = join();
    channel.attach(peer.socket);
    peer.sendOnce({ messageType: MessageType.PausePublication });
    outbox.push(output('held'));
    channel.wake();
    clock.advance(10_000);
    assert.equal(peer.arrivals, 0);
    peer.sendOnce({ messageType: MessageType.StartPublication });
    assert.deepEqual(peer.payloads.map(String), ['held']);
  });

  test('takes any message of the agent for the end of a pause', () => {
    const { channel, peer, outbox } = join();
    channel.attach(peer.socket);
    peer.sendOnce({ messageType: MessageType.PausePublication });
    outbox.push(output('held'));
    channel.wake();
    peer.send(Buffer.from('I am here'));
    assert.deepEqual(peer.payloads.map(String), ['held']);
  });

  test('resends what was unacknowledged when a socket is replaced, in order and once each', () => {
    const { channel, peer, outbox, clock } = join();
    peer.deaf = true;
    outbox.push(output('a'), output('b'), output('c'));
    channel.attach(peer.socket);
    channel.detach();
    peer.deaf = false;
    outbox.push(output('d'));
    clock.advance(60_000);
    assert.equal(peer.arrivals, 0);
    channel.attach(peer.socket);
    assert.deepEqual(peer.payloads.map(String), ['a', 'b', 'c', 'd']);
    assert.equal(peer.arrivals, 4);
  });

  test('resends only the oldest message while the peer is silent, and gives up after 3000 times', () => {
    let gaveUp = 0;
    const { channel, outbox, peer, clock } = join({ gaveUp: () => gaveUp++ });
    const frames: Buffer[] = [];
    const sent = (): number => frames.length;
    outbox.push(output('a'), output('b'));
    channel.attach({ ...peer.socket, send: (frame) => frames.push(frame) });
    assert.equal(sent(), 2);
    clock.advance(1_000);
    assert.ok(sent() >= 3 && sent() <= 12, `${sent()} frames`);
    passUntil(clock, () => gaveUp > 0, 1_000);
    assert.ok(sent() >= 3_002 && sent() <= 3_003, `${sent()} frames`);
  });

  test('does not count resends while it does not read', () => {
    const { channel, outbox, peer, clock } = join();
    const frames: Buffer[] = [];
    const sent = (): number => frames.length;
    channel.attach({ ...peer.socket, send: (frame) => frames.push(frame) });
    outbox.push(output('a'));
    channel.wake();
    channel.pauseReceiving();
    clock.advance(3_600_000);
    assert.equal(sent(), 1);
    channel.resumeReceiving();
    clock.advance(1_000);
    assert.ok(sent() > 1);
  });

  test('estimates the round trip and its variation as the protocol says', () => {
    const estimate = createRoundTripEstimate();
    assert.equal(estimate.timeout, 200);
    estimate.measured(20);
    // var = 1/4 * |100 - 20| = 20, rtt = 7/8 * 100 + 1/8 * 20 = 90
    assert.equal(estimate.roundTrip, 90);
    assert.equal(estimate.timeout, 170);
    for (let i = 0; i < 1_000; i++) estimate.measured(20);
    assert.ok(Math.abs(estimate.timeout - 30) < 0.01);
    for (let i = 0; i < 1_000; i++) estimate.measured(i % 2 === 0 ? 100 : 5_000);
    assert.equal(estimate.timeout, 1_000);
  });

  test('never measures the round trip by a message that was sent twice', () => {
    const { channel, outbox, peer, clock } = join();
    const sentAt: number[] = [];
    const socket = {
      ...peer.socket,
      send: (frame: Buffer) => {
        sentAt.push(clock.monotonic());
        peer.socket.send(frame);
      },
    };
    peer.deaf = true;
    channel.attach(socket);
    outbox.push(output('slow'));
    channel.wake();
    clock.advance(5_000);
    peer.deaf = false;
    passUntil(clock, () => peer.received().count === 1);
    peer.deaf = true;
    sentAt.length = 0;
    outbox.push(output('next'));
    channel.wake();
    passUntil(clock, () => sentAt.length === 2, 10);
    const [first = 0, second = 0] = sentAt;
    // The first timeout, 200 ms, and one look each 100 ms: five seconds were no round trip.
    assert.ok(second - first <= 300, `resent after ${second - first} ms`);
  });

  test('does not take its own pause in reading for a long round trip', () => {
    const { channel, outbox, peer, clock } = join({ faults: { ...NO_FAULTS, delay: 10 } });
    const sentAt: number[] = [];
    const unread: Buffer[] = [];
    let reading = true;
    peer.deliverTo = (frame) => {
      if (reading) channel.receive(frame);
      else unread.push(frame);
    };
    channel.attach({
      send(frame) {
        sentAt.push(clock.monotonic());
        peer.socket.send(frame);
      },
      pause: () => (reading = false),
      resume: () => (reading = true),
    });
    for (const text of ['a', 'b', 'c']) outbox.push(output(text));
    channel.wake();
    channel.pauseReceiving();
    clock.advance(60_000);
    channel.resumeReceiving();
    for (const frame of unread) channel.receive(frame);
    peer.deaf = true;
    sentAt.length = 0;
    outbox.push(output('next'));
    channel.wake();
    passUntil(clock, () => sentAt.length === 2, 10);
    const [first = 0, second = 0] = sentAt;
    // The first timeout, 200 ms, and one look each 100 ms: the minute was no round trip.
    assert.ok(second - first <= 300, `resent after ${second - first} ms`);
  });

  test('calls back when everything sent so far is acknowledged, later messages or not', () => {
    const faults = { ...NO_FAULTS, delay: 10 };
    const { channel, outbox, peer, clock } = join({ faults });
    channel.attach(peer.socket);
    outbox.push(output('a'));
    channel.wake();
    let called = 0;
    channel.whenAcknowledged(() => called++);
    clock.advance(15);
    outbox.push(output('b'));
    channel.wake();
    assert.equal(called, 0);
    clock.advance(10);
    assert.equal(called, 1);
  });

  test('tells why the service closed the channel', () => {
    const { channel, peer, closed } = join();
    channel.attach(peer.socket);
    peer.sendOnce({
      messageType: MessageType.ChannelClosed,
      payload: Buffer.from('{"SessionId":"s","Output":"it was time"}'),
    });
    assert.deepEqual(closed, ['it was time']);
  });

  test('leaves no timer behind when it is closed', () => {
    const { channel, outbox, peer, clock } = join({ messagesPerSecond: 1 });
    const before = clock.pending;
    for (let i = 0; i < 100; i++) outbox.push(output('x'));
    peer.deaf = true;
    channel.attach(peer.socket);
    channel.close();
    assert.equal(clock.pending, before);
  });
});
