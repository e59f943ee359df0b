import { hash } from 'node:crypto';
import type { ChannelSocket } from '../../src/channel/channel.ts';
import type { Clock } from '../../src/lib/clock.ts';
import { acknowledgementOf, parseAcknowledgement } from '../../src/protocol/acknowledgement.ts';
import {
  decodeClientMessage,
  encodeClientMessage,
  MessageType,
  type ClientMessage,
} from '../../src/protocol/client-message.ts';
import type { Random } from '../support/random.ts';

/** What the path between the two ends does to frames. Probabilities from 0 to 1. */
export interface PathFaults {
  readonly loss: number;
  readonly duplication: number;
  readonly reordering: number;
  /** Milliseconds one way. */
  readonly delay: number;
}

/** A reordered frame arrives late by at most this many milliseconds. */
const REORDERING_MS = 40;
/** Interval between two checks of the agent's oldest unacknowledged message. */
const RESEND_INTERVAL_MS = 100;
const RESEND_AFTER_MS = 200;

/** The agent's end of a channel, joined to the client's in memory. */
export interface LossyPeer {
  /** The socket to attach to the channel. */
  readonly socket: ChannelSocket;
  /** Where frames for the client go. */
  deliverTo: (frame: Buffer) => void;
  /** Sends a stream message to the client repeatedly, until it is acknowledged. */
  send(payload: Buffer): void;
  /** Sends any message once. */
  sendOnce(message: Partial<ClientMessage>): void;
  /** SHA-256 over all payloads received in order, and their number. */
  received(): { readonly digest: string; readonly count: number };
  /** Payloads of the messages received in order; only with `keepPayloads`. */
  readonly payloads: Buffer[];
  /** Stream messages that arrived, repeated ones included. */
  readonly arrivals: number;
  /** Acknowledgements the client has sent. */
  readonly acknowledgements: number;
  /** Messages the client has not acknowledged. */
  readonly unacknowledged: number;
  /** Ignores every frame: no acknowledgement, no delivery. */
  deaf: boolean;
}

/** What a peer works with. */
export interface LossyPeerOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly faults: PathFaults;
  readonly keepPayloads?: boolean;
}

export const NO_FAULTS: PathFaults = { loss: 0, duplication: 0, reordering: 0, delay: 0 };

/** A peer that follows the agent's rules and counts what it receives. */
export function createLossyPeer(options: LossyPeerOptions): LossyPeer {
  const { clock, random, faults } = options;
  const waiting = new Map<number, Buffer>();
  const unacknowledged = new Map<number, { readonly frame: Buffer; sentAt: number }>();
  let running = Buffer.alloc(0);
  let expected = 0;
  let nextSequenceNumber = 0;
  let arrivals = 0;
  let acknowledgements = 0;

  const carry = (frame: Buffer, arrive: (frame: Buffer) => void): void => {
    if (random.chance(faults.loss)) return;
    const copies = random.chance(faults.duplication) ? 2 : 1;
    for (let copy = 0; copy < copies; copy++) {
      const jitter = random.chance(faults.reordering) ? random.next() * REORDERING_MS : 0;
      const delay = faults.delay + jitter;
      if (delay === 0 && faults.reordering === 0) arrive(frame);
      else clock.after(delay, () => arrive(frame));
    }
  };
  const toClient = (frame: Buffer): void => carry(frame, (arrived) => peer.deliverTo(arrived));

  const take = (payload: Buffer): void => {
    running = hash('sha256', Buffer.concat([running, payload]), 'buffer');
    if (options.keepPayloads === true) peer.payloads.push(payload);
    expected++;
  };
  const receiveStream = (message: ClientMessage): void => {
    arrivals++;
    if (message.sequenceNumber >= expected) waiting.set(message.sequenceNumber, message.payload);
    for (let next = waiting.get(expected); next !== undefined; next = waiting.get(expected)) {
      waiting.delete(expected);
      take(next);
    }
    toClient(encodeClientMessage(acknowledgementOf(message, random.bytes(16), clock.now())));
  };
  const fromClient = (frame: Buffer): void => {
    if (peer.deaf) return;
    const message = decodeClientMessage(frame);
    if (message.messageType === MessageType.Acknowledge) {
      acknowledgements++;
      unacknowledged.delete(parseAcknowledgement(message.payload).sequenceNumber);
    } else {
      receiveStream(message);
    }
  };
  const encode = (message: Partial<ClientMessage>): Buffer =>
    encodeClientMessage({
      messageType: MessageType.OutputStreamData,
      sequenceNumber: 0,
      flags: 0,
      messageId: random.bytes(16),
      createdDate: clock.now(),
      payloadType: 1,
      payload: Buffer.alloc(0),
      ...message,
    });

  clock.every(RESEND_INTERVAL_MS, () => {
    const oldest = unacknowledged.values().next().value;
    if (oldest === undefined || clock.monotonic() - oldest.sentAt < RESEND_AFTER_MS) return;
    oldest.sentAt = clock.monotonic();
    toClient(oldest.frame);
  });

  const peer: LossyPeer = {
    socket: {
      send: (frame) => carry(frame, fromClient),
      pause: () => undefined,
      resume: () => undefined,
    },
    deliverTo: () => undefined,
    send(payload) {
      const frame = encode({ sequenceNumber: nextSequenceNumber, payload });
      unacknowledged.set(nextSequenceNumber++, { frame, sentAt: clock.monotonic() });
      toClient(frame);
    },
    sendOnce: (message) => toClient(encode(message)),
    received: () => ({ digest: running.toString('hex'), count: expected }),
    payloads: [],
    get arrivals() {
      return arrivals;
    },
    get acknowledgements() {
      return acknowledgements;
    },
    get unacknowledged() {
      return unacknowledged.size;
    },
    deaf: false,
  };
  return peer;
}

/** The digest `received()` gives for these payloads in this order. */
export function chainDigest(payloads: Iterable<Buffer>): string {
  let running = Buffer.alloc(0);
  for (const payload of payloads) {
    running = hash('sha256', Buffer.concat([running, payload]), 'buffer');
  }
  return running.toString('hex');
}
