import type { Clock } from '../../../../src/lib/clock.ts';
import { acknowledgementOf } from '../../../../src/protocol/acknowledgement.ts';
import {
  decodeClientMessage,
  encodeClientMessage,
  MessageType,
  type ClientMessage,
} from '../../../../src/protocol/client-message.ts';
import type { PayloadType } from '../../../../src/protocol/payload-type.ts';
import { ProtocolError } from '../../../../src/protocol/protocol-error.ts';
import type { SessionRecord } from '../../session/session-record.ts';
import type { AgentEndpoint, AgentLink } from './agent-link.ts';
import { createMessageIds } from './message-ids.ts';
import { createOutgoing } from './outgoing.ts';
import { readAcknowledgement } from './read-acknowledgement.ts';

/** Flag of the message that opens a stream: the agent's number 0. */
const SYN = 1;

/** What an {@link AgentChannel} reports to the agent. */
export interface AgentChannelEvents {
  /**
   * A message in its turn.
   *
   * @returns false when nothing is ready for it: it is neither acknowledged nor counted; a promise when it is
   *   taken only then: nothing else that has come is looked at before
   */
  message(payloadType: number, payload: Buffer): boolean | Promise<void>;
  /** There may be room again after `writable` was false. */
  writable(): void;
  /** One message was resent too often. */
  resendLimit(): void;
}

/**
 * The agent's end of the data channel (docs/design/protocol.md#sequence), a second implementation that
 * shares nothing with the client's but the bytes of a message.
 */
export interface AgentChannel extends AgentEndpoint {
  send(payloadType: PayloadType, payload: Buffer): void;
  /** Whether the service has not asked for a pause. */
  readonly active: boolean;
  /** Whether sources may be read: the channel is active, and the connection to the service takes more. */
  readonly writable: boolean;
  /** A consumer is ready: delivers buffered messages. */
  ready(): void;
  /** Calls back once, when everything sent so far has been acknowledged. */
  whenAcknowledged(callback: () => void): void;
  close(): void;
}

/** What an {@link AgentChannel} works with. */
export interface AgentChannelOptions {
  readonly link: AgentLink;
  readonly clock: Clock;
  readonly record: SessionRecord;
  readonly changed: () => void;
  readonly resendInterval: number;
  readonly incomingCapacity: number;
  readonly outgoingCapacity: number;
  readonly events: AgentChannelEvents;
}

/** Starts paused; the service reports when the client is connected. */
export function createAgentChannel(options: AgentChannelOptions): AgentChannel {
  const { link, clock, record, events, changed } = options;
  const newMessageId = createMessageIds();
  const outgoing = createOutgoing(
    (frame) => link.send(frame),
    () => clock.monotonic(),
    options.outgoingCapacity,
  );
  const ahead = new Map<number, ClientMessage>();
  let expected = 0;
  let paused = true;
  let closed = false;
  let blocked = true;
  /** Frames that have come while the agent waits in the place where it reads. */
  let unread: Buffer[] | undefined;
  let acknowledgedCallbacks: (() => void)[] = [];

  const isActive = (): boolean => !paused && !closed;
  const isWritable = (): boolean => isActive() && !link.congested;
  const notifyWritable = (): void => {
    if (!blocked || !isWritable()) return;
    blocked = false;
    events.writable();
  };
  const resume = (): void => {
    if (!paused) return;
    paused = false;
    outgoing.resume();
    notifyWritable();
  };
  const resends = clock.every(options.resendInterval, () => {
    const done = outgoing.resendHead();
    if (done === 'given-up') events.resendLimit();
    if (done === 'resent') {
      record.resent++;
      changed();
    }
  });

  const acknowledge = (message: ClientMessage): void => {
    record.acknowledgementsSent++;
    link.send(encodeClientMessage(acknowledgementOf(message, newMessageId(), clock.now())));
  };
  /** Reads nothing more before this is done, and `then` after it. */
  const wait = async (done: Promise<void>, then: () => void): Promise<void> => {
    const frames: Buffer[] = [];
    unread = frames;
    link.pauseReceiving();
    await done;
    if (closed) return;
    unread = undefined;
    link.resumeReceiving();
    then();
    // Whatever has to be waited for next waits with the rest of them.
    for (const frame of frames) receive(frame);
  };
  const process = (message: ClientMessage, taken: () => void): 'refused' | 'taken' | 'later' => {
    const result = events.message(message.payloadType, message.payload);
    if (result === false) {
      record.refused++;
      return 'refused';
    }
    const count = (): void => {
      record.received++;
      expected++;
      taken();
    };
    if (result === true) {
      count();
      return 'taken';
    }
    void wait(result, () => {
      count();
      processAhead();
    });
    return 'later';
  };
  const processAhead = (): void => {
    for (let next = ahead.get(expected); next !== undefined; next = ahead.get(expected)) {
      const number = expected;
      if (process(next, () => ahead.delete(number)) !== 'taken') return;
    }
  };
  const streamMessage = (message: ClientMessage): void => {
    const { sequenceNumber } = message;
    if (sequenceNumber < expected || ahead.has(sequenceNumber)) {
      record.receivedAgain++;
      acknowledge(message);
    } else if (sequenceNumber === expected) {
      if (process(message, () => acknowledge(message)) === 'taken') processAhead();
    } else if (ahead.size < options.incomingCapacity) {
      record.receivedAhead++;
      ahead.set(sequenceNumber, message);
      acknowledge(message);
    }
  };
  const acknowledgement = (payload: Buffer): void => {
    const sequenceNumber = readAcknowledgement(payload);
    if (sequenceNumber === undefined) {
      record.invalid++;
      return;
    }
    if (!outgoing.acknowledge(sequenceNumber)) return;
    record.acknowledged++;
    notifyWritable();
    if (outgoing.size === 0 && acknowledgedCallbacks.length > 0) {
      const callbacks = acknowledgedCallbacks;
      acknowledgedCallbacks = [];
      for (const callback of callbacks) callback();
    }
  };
  const take = (message: ClientMessage): void => {
    if (message.messageType === MessageType.PausePublication) {
      paused = true;
      record.pauses++;
      blocked = true;
      outgoing.pause();
      return;
    }
    // Any other message shows that the client is connected.
    resume();
    switch (message.messageType) {
      case MessageType.InputStreamData:
        streamMessage(message);
        return;
      case MessageType.Acknowledge:
        acknowledgement(message.payload);
        return;
      default:
        return;
    }
  };

  const receive = (frame: Buffer): void => {
    if (closed) return;
    if (unread !== undefined) {
      unread.push(frame);
      return;
    }
    try {
      take(decodeClientMessage(frame));
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      record.invalid++;
    }
    changed();
  };

  return {
    receive,
    drained: notifyWritable,
    send(payloadType, payload) {
      if (closed) return;
      record.sent++;
      outgoing.add(
        encodeClientMessage({
          messageType: MessageType.OutputStreamData,
          sequenceNumber: outgoing.nextNumber,
          flags: outgoing.nextNumber === 0 ? SYN : 0,
          messageId: newMessageId(),
          createdDate: clock.now(),
          payloadType,
          payload,
        }),
      );
    },
    get active() {
      return isActive();
    },
    get writable() {
      const writable = isWritable();
      if (!writable) blocked = true;
      return writable;
    },
    ready() {
      if (!closed && unread === undefined) processAhead();
    },
    whenAcknowledged(callback) {
      if (outgoing.size === 0) callback();
      else acknowledgedCallbacks.push(callback);
    },
    close() {
      closed = true;
      resends.cancel();
      acknowledgedCallbacks = [];
    },
  };
}
