import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../logging/logger.ts';
import { acknowledgementOf, parseAcknowledgement } from '../protocol/acknowledgement.ts';
import { parseChannelClosed } from '../protocol/channel-closed.ts';
import {
  decodeClientMessage,
  encodeClientMessage,
  MessageType,
  type ClientMessage,
} from '../protocol/client-message.ts';
import { ProtocolError } from '../protocol/protocol-error.ts';
import { createIncomingSequence } from './incoming-sequence.ts';
import { createMessageIds } from './message-ids.ts';
import { createMessageRate } from './message-rate.ts';
import type { OutgoingMessage } from './outgoing-message.ts';
import { createSender } from './sender.ts';

/** The socket below the channel, as far as the channel needs it. */
export interface ChannelSocket {
  send(frame: Buffer): void;
  /** Stops reading from the network; frames already read may still be handed in. */
  pause(): void;
  resume(): void;
}

/** What a channel works with. */
export interface ChannelOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Fills a buffer with cryptographically strong random bytes. */
  readonly fillRandom: (buffer: Buffer) => void;
  /** Stream messages each second; 0 means no limit. */
  readonly messagesPerSecond: number;
  /** Takes the next payload in order; false when no consumer is ready: then the peer repeats it. */
  readonly deliver: (payloadType: number, payload: Buffer) => boolean;
  /** Hands out the next message to send, or undefined when nothing waits. */
  readonly next: () => OutgoingMessage | undefined;
  /** The service has ended the session. */
  readonly closedByService: (output: string) => void;
  /** The service says that the agent is connected. It may say so again. */
  readonly agentConnected: () => void;
  /**
   * A message was resent 3000 times on the attached socket without an answer: the agent is gone, or
   * the socket dead. Called again and again until it is detached or the channel closed.
   */
  readonly gaveUp: () => void;
}

/**
 * Reliable, ordered messages in both directions over a socket that may die and be replaced: every
 * message is acknowledged, repeated until it is, and put in order
 * (docs/design/protocol.md#sequence).
 */
export interface Channel {
  /** A socket is open and introduced: what is unacknowledged goes out again. */
  attach(socket: ChannelSocket): void;
  /** The socket is gone. Everything is kept for the next one. */
  detach(): void;
  /** A binary frame came in. A broken one is logged and dropped. */
  receive(frame: Buffer): void;
  /** Sends in front of whatever `next` has not handed out. */
  send(message: OutgoingMessage): void;
  /**
   * `next` has something, or `deliver` would now take what it refused. Both are asked before this
   * returns; called by `deliver` itself, when that has returned.
   */
  wake(): void;
  /** Calls back once everything sent or pulled so far is acknowledged. */
  whenAcknowledged(callback: () => void): void;
  /** Back-pressure: stops reading the socket until `resumeReceiving()`. Calls do not nest. */
  pauseReceiving(): void;
  resumeReceiving(): void;
  /** The attached socket has stopped reading by itself, or goes on. */
  setSocketReading(isReading: boolean): void;
  /** False while `pauseReceiving()` holds, or the socket does not read by itself. */
  readonly receiving: boolean;
  /** Monotonic milliseconds since when it is receiving; undefined while it is not. */
  readonly receivingSince: number | undefined;
  /** Milliseconds in which an acknowledgement is due; undefined while none is. */
  readonly acknowledgementTimeout: number | undefined;
  /** Stops everything; nothing is sent or delivered any more. */
  close(): void;
}

/** A channel without a socket: it starts when one is attached. */
export function createChannel(options: ChannelOptions): Channel {
  const { clock, logger } = options;
  const newMessageId = createMessageIds(options.fillRandom);
  const incoming = createIncomingSequence(options.deliver);
  const sender = createSender({
    clock,
    logger,
    newMessageId,
    rate: createMessageRate(options.messagesPerSecond, () => clock.monotonic()),
    next: options.next,
    gaveUp: options.gaveUp,
  });
  let socket: ChannelSocket | undefined;
  /** A consumer takes what comes. */
  let consuming = true;
  /** The socket reads, as far as it is for itself to decide. */
  let socketReads = true;
  let receivingSince: number | undefined = clock.monotonic();
  let closed = false;
  /** A frame is being handed in. */
  let delivering = false;
  let wakeWanted = false;

  /**
   * While a consumer takes a message it may say that it is ready for more or has something to send:
   * it is asked when it has taken the one, never in the middle.
   */
  const wakeIfWanted = (): void => {
    while (wakeWanted && !delivering) {
      wakeWanted = false;
      delivering = true;
      try {
        incoming.deliverWaiting();
      } finally {
        delivering = false;
      }
      sender.wake();
    }
  };

  const acknowledge = (message: ClientMessage): void => {
    socket?.send(encodeClientMessage(acknowledgementOf(message, newMessageId(), clock.now())));
  };

  const receiveStreamMessage = (message: ClientMessage): void => {
    const reception = incoming.receive(
      message.sequenceNumber,
      message.payloadType,
      message.payload,
    );
    if (reception !== 'refused' && !closed) acknowledge(message);
    if (logger.debugEnabled) {
      logger.debug(
        `${reception} message ${message.sequenceNumber}, payload type ${message.payloadType}, ${message.payload.length} bytes`,
      );
    }
  };

  const receiveChannelClosed = (message: ClientMessage): void => {
    try {
      options.closedByService(parseChannelClosed(message.payload).output);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      // The frame is whole, so it is the service's word all the same, only without a reason.
      logger.warn(`channel_closed: ${error.message}`);
      options.closedByService('');
    }
  };

  const dispatch = (message: ClientMessage): void => {
    switch (message.messageType) {
      case MessageType.OutputStreamData:
        sender.resumePublication();
        receiveStreamMessage(message);
        break;
      case MessageType.Acknowledge:
        sender.resumePublication();
        sender.acknowledged(parseAcknowledgement(message.payload).sequenceNumber);
        break;
      case MessageType.ChannelClosed:
        receiveChannelClosed(message);
        break;
      case MessageType.PausePublication:
        logger.info('the agent is not connected, sending pauses');
        sender.pausePublication();
        break;
      case MessageType.StartPublication:
        // It comes at the start of every session, too, where it is no news.
        if (sender.resumePublication()) logger.info('the agent is connected, sending goes on');
        options.agentConnected();
        break;
      default:
        logger.warn('dropped a message of an unknown type');
    }
  };

  const updateReceiving = (): void => {
    const isReceiving = consuming && socketReads;
    if (isReceiving === (receivingSince !== undefined)) return;
    receivingSince = isReceiving ? clock.monotonic() : undefined;
    sender.setReading(isReceiving);
  };

  return {
    attach(newSocket) {
      socket = newSocket;
      if (!consuming) newSocket.pause();
      sender.attach((frame) => newSocket.send(frame));
    },
    detach() {
      socket = undefined;
      socketReads = true;
      sender.detach();
      updateReceiving();
    },
    receive(frame) {
      if (closed) return;
      delivering = true;
      try {
        dispatch(decodeClientMessage(frame));
      } catch (error) {
        if (!(error instanceof ProtocolError)) throw error;
        logger.error(`dropped a frame: ${error.message}`);
      } finally {
        delivering = false;
      }
      wakeIfWanted();
    },
    send: (message) => sender.send(message),
    wake() {
      wakeWanted = true;
      wakeIfWanted();
    },
    whenAcknowledged: (callback) => sender.whenAcknowledged(callback),
    pauseReceiving() {
      if (!consuming) return;
      consuming = false;
      socket?.pause();
      updateReceiving();
    },
    resumeReceiving() {
      if (consuming) return;
      consuming = true;
      socket?.resume();
      updateReceiving();
    },
    setSocketReading(isReading) {
      socketReads = isReading;
      updateReceiving();
    },
    get receiving() {
      return receivingSince !== undefined;
    },
    get receivingSince() {
      return receivingSince;
    },
    get acknowledgementTimeout() {
      return sender.acknowledgementTimeout;
    },
    close() {
      closed = true;
      socket = undefined;
      sender.close();
    },
  };
}
