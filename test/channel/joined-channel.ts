import assert from 'node:assert/strict';
import { createChannel, type Channel } from '../../src/channel/channel.ts';
import type { Gathering } from '../../src/channel/receiving/frame-gathering.ts';
import type { OutgoingMessage } from '../../src/channel/outgoing-message.ts';
import { silentLogger } from '../../src/logging/logger.ts';
import { PayloadType } from '../../src/protocol/payload-type.ts';
import { randomOf, type Random } from '../support/random.ts';
import { createVirtualClock, type VirtualClock } from '../support/virtual-clock.ts';
import { createLossyPeer, NO_FAULTS, type LossyPeer, type PathFaults } from './lossy-peer.ts';

/** A channel, the peer at the other end of its socket, and the messages between them. */
export interface JoinedChannel {
  readonly clock: VirtualClock;
  readonly peer: LossyPeer;
  readonly channel: Channel;
  /** Messages that the channel pulls. */
  readonly outbox: OutgoingMessage[];
  /** Payloads the channel has delivered. */
  readonly inbox: Buffer[];
  /** The service's reasons when it closed the channel. */
  readonly closed: string[];
  readonly joined: {
    /** How many of the outbox were pulled. */
    pulls: number;
  };
}

/** How they are joined; by default over a path without faults, at any rate. */
export interface JoinOptions {
  readonly faults?: PathFaults;
  readonly random?: Random;
  readonly messagesPerSecond?: number;
  /** Takes a payload, or refuses it; by default everything goes into the inbox. */
  readonly deliver?: (payload: Buffer) => boolean;
  readonly onUnacknowledged?: () => void;
  readonly keepPayloads?: boolean;
  readonly gathering?: Gathering;
}

/** Makes a channel and its peer; the test attaches the peer's socket. */
export function joinChannel(options: JoinOptions = {}): JoinedChannel {
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
  const channel = createChannel({
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
    agentConnected: () => undefined,
    onUnacknowledged: options.onUnacknowledged ?? (() => assert.fail('gave up')),
    gathering: options.gathering,
  });
  peer.deliverTo = (frame) => channel.receive(frame);
  return { joined, outbox, inbox, closed, clock, peer, channel };
}

/** A message for the outbox. */
export function output(payload: Buffer | string): OutgoingMessage {
  return { payloadType: PayloadType.Output, payload: Buffer.from(payload) };
}

/** Payloads that differ. */
export function numbered(count: number, prefix: string): Buffer[] {
  return Array.from({ length: count }, (_, i) => Buffer.from(`${prefix} ${i}`));
}

/** Lets time pass in steps of `step` milliseconds until the condition is true; fails after an hour. */
export function passUntil(clock: VirtualClock, condition: () => boolean, step = 50): void {
  const end = clock.monotonic() + 3_600_000;
  while (!condition()) {
    assert.ok(clock.monotonic() < end, 'an hour has passed');
    clock.advance(step);
  }
}
