import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { createChannel, type Channel, type ChannelOptions } from '../../src/channel/channel.ts';
import type { OutgoingMessage } from '../../src/channel/outgoing-message.ts';
import { silentLogger } from '../../src/logging/logger.ts';
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
  /** How many of the outbox were handed out. */
  pulls: number;
}

interface JoinOptions {
  readonly faults?: PathFaults;
  readonly random?: Random;
  readonly messagesPerSecond?: number;
  readonly deliver?: (payload: Buffer) => boolean;
  readonly gaveUp?: () => void;
}

function join(options: JoinOptions = {}): Joined {
  const clock = createVirtualClock();
  const random = options.random ?? randomOf(1);
  const peer = createLossyPeer({
    clock,
    random,
    faults: options.faults ?? NO_FAULTS,
    keepPayloads: true,
  });
  const joined: Pick<Joined, 'outbox' | 'inbox' | 'closed' | 'pulls'> = {
    outbox: [],
    inbox: [],
    closed: [],
    pulls: 0,
  };
  const channelOptions: ChannelOptions = {
    clock,
    logger: silentLogger,
    fillRandom: (buffer) => random.bytes(buffer.length).copy(buffer),
    messagesPerSecond: options.messagesPerSecond ?? 0,
    deliver: (_payloadType, payload) => {
      if (options.deliver !== undefined) return options.deliver(payload);
      joined.inbox.push(payload);
      return true;
    },
    next: () => {
      const message = joined.outbox[joined.pulls];
      if (message !== undefined) joined.pulls++;
      return message;
    },
    closedByService: (output) => joined.closed.push(output),
    gaveUp: options.gaveUp ?? (() => assert.fail('gave up')),
  };
  const channel = createChannel(channelOptions);
  peer.deliverTo = (frame) => channel.receive(frame);
  return Object.assign(joined, { clock, peer, channel });
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

  test('carries 100 000 messages each way over a path that loses, repeats and reorders', async () => {
    await seeded((random) => {
      const faults = { loss: 0.05, duplication: 0.05, reordering: 0.05, delay: 1 };
      const count = 100_000;
      const { channel, peer, outbox, inbox, clock } = join({ faults, random });
      const up = numbered(count, 'up');
      const down = numbered(count, 'down');
      // The agent repeats its oldest message only, ten times a second: what it may lose is bounded
      // by the time a test can take, so it speaks over a better part of the path.
      channel.attach(peer.socket);
      outbox.push(...up.map(output));
      channel.wake();
      passUntil(clock, () => peer.received().count === count);
      assert.equal(peer.received().digest, chainDigest(up));
      for (const payload of down.slice(0, 2_000)) peer.send(payload);
      passUntil(clock, () => peer.unacknowledged === 0);
      assert.deepEqual(inbox.map(String), down.slice(0, 2_000).map(String));
    });
  });
});
