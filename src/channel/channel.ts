import { parseAcknowledgement } from '../protocol/acknowledgement.ts';
import { parseChannelClosed } from '../protocol/channel-closed.ts';
import {
  decodeClientMessage,
  MessageType,
  type ClientMessage,
} from '../protocol/client-message.ts';
import { isProtocolError } from '../protocol/protocol-error.ts';
import type { ChannelOptions } from './channel-options.ts';
import { createMessageIds } from './message-ids.ts';
import type { OutgoingMessage } from './outgoing-message.ts';
import { createAcknowledger, type Acknowledger } from './receiving/acknowledger.ts';
import { createDeliveryGuard } from './receiving/delivery-guard.ts';
import { createFrameGathering, type FrameGathering } from './receiving/frame-gathering.ts';
import { createIncomingSequence, type IncomingSequence } from './receiving/incoming-sequence.ts';
import {
  RECEIVING_TRANSITIONS,
  type ReceivingEvent,
  type ReceivingState,
} from './receiving/receiving-state.ts';
import { createSender, type Sender } from './sender.ts';

/** The socket below the channel, as far as the channel needs it. */
export interface ChannelSocket {
  send(frame: Buffer): void;
  /** Stops reading from the network. Frames that were read already may still be received. */
  pause(): void;
  resume(): void;
}

/**
 * Reliable, ordered messages in both directions over a socket that may fail and be replaced. Every
 * message is repeated until it is acknowledged, and delivered in order
 * (docs/design/protocol.md#sequence).
 */
export interface Channel {
  /**
   * A socket is open and its first frame sent: sends what is unacknowledged again, and repeats the last
   * acknowledgements.
   */
  attach(socket: ChannelSocket): void;
  /** The socket is closed. Everything is kept for the next one. */
  detach(): void;
  /**
   * Takes a binary frame. One of bulk data may be processed some milliseconds later, together with others. A
   * malformed one is logged and dropped.
   */
  receive(frame: Buffer): void;
  /** Sends a message before those that `next` has not returned. */
  send(message: OutgoingMessage): void;
  /**
   * `next` has a message, or `deliver` would now accept what it refused. Both are called before this
   * returns. When `deliver` itself calls it, they are called after `deliver` has returned.
   */
  wake(): void;
  /** Calls back once everything sent or pulled so far is acknowledged. */
  whenAcknowledged(callback: () => void): void;
  /** Back-pressure: stops reading the socket until `resumeReceiving()`. Calls do not nest. */
  pauseReceiving(): void;
  resumeReceiving(): void;
  /** The attached socket has stopped reading by itself, or reads again. */
  setSocketReading(isReading: boolean): void;
  /** False while `pauseReceiving()` is in effect or the socket does not read by itself. */
  readonly receiving: boolean;
  /** When it began to receive, monotonic milliseconds; undefined while it does not. */
  readonly receivingSince: number | undefined;
  /** Milliseconds in which an acknowledgement is due; undefined while none is. */
  readonly acknowledgementTimeout: number | undefined;
  /** Stops everything. Nothing is sent or delivered afterwards. */
  close(): void;
}

/** A channel without a socket. It starts when one is attached. */
export function createChannel(options: ChannelOptions): Channel {
  return new MessageChannel(options);
}

type Link =
  | { readonly kind: 'detached' }
  | { readonly kind: 'attached'; readonly socket: ChannelSocket }
  | { readonly kind: 'closed' };

class MessageChannel implements Channel {
  readonly #options: ChannelOptions;
  readonly #acknowledger: Acknowledger;
  readonly #gathering: FrameGathering;
  readonly #incoming: IncomingSequence;
  readonly #sender: Sender;
  readonly #delivery = createDeliveryGuard();
  #link: Link = { kind: 'detached' };
  #receiving: ReceivingState = 'receiving';
  #receivingSince: number | undefined;

  constructor(options: ChannelOptions) {
    const { clock, logger, messagesPerSecond, next, onUnacknowledged } = options;
    this.#options = options;
    this.#gathering = createFrameGathering(options, (frames) => this.#process(frames));
    const newMessageId = createMessageIds(options.fillRandom);
    this.#acknowledger = createAcknowledger(clock, newMessageId);
    this.#incoming = createIncomingSequence(options.deliver);
    this.#sender = createSender({
      clock,
      logger,
      messagesPerSecond,
      newMessageId,
      next,
      onUnacknowledged,
    });
    this.#receivingSince = clock.monotonic();
  }

  attach(socket: ChannelSocket): void {
    this.#link = { kind: 'attached', socket };
    const isPaused = RECEIVING_TRANSITIONS[this.#receiving]['consumer-paused'] === undefined;
    if (isPaused) socket.pause();
    for (const frame of this.#acknowledger.repeat()) socket.send(frame);
    this.#sender.attach((frame) => {
      socket.send(frame);
      this.#gathering.sent();
    });
  }

  detach(): void {
    // An open socket takes the acknowledgements.
    this.#gathering.release();
    this.#link = { kind: 'detached' };
    this.#sender.detach();
    this.#changeReceiving('socket-ready');
  }

  receive(frame: Buffer): void {
    this.#gathering.receive(frame);
  }

  send(message: OutgoingMessage): void {
    this.#sender.send(message);
  }

  wake(): void {
    if (this.#delivery.requestWake()) return;
    let isWakeRequested: boolean;
    do {
      isWakeRequested = this.#delivery.run(() => this.#incoming.deliverWaiting());
      this.#sender.wake();
    } while (isWakeRequested);
  }

  whenAcknowledged(callback: () => void): void {
    this.#sender.whenAcknowledged(callback);
  }

  pauseReceiving(): void {
    this.#gathering.release();
    this.#changeReceiving('consumer-paused', (socket) => socket.pause());
  }

  resumeReceiving(): void {
    this.#changeReceiving('consumer-ready', (socket) => socket.resume());
  }

  setSocketReading(isReading: boolean): void {
    this.#changeReceiving(isReading ? 'socket-ready' : 'socket-paused');
  }

  get receiving(): boolean {
    return this.#receiving === 'receiving';
  }

  get receivingSince(): number | undefined {
    return this.#receivingSince;
  }

  get acknowledgementTimeout(): number | undefined {
    return this.#sender.acknowledgementTimeout;
  }

  close(): void {
    this.#link = { kind: 'closed' };
    this.#gathering.close();
    this.#sender.close();
  }

  #changeReceiving(event: ReceivingEvent, notify?: (socket: ChannelSocket) => void): void {
    const next = RECEIVING_TRANSITIONS[this.#receiving][event];
    if (next === undefined) return;
    this.#receiving = next;
    if (this.#link.kind === 'attached') notify?.(this.#link.socket);
    const isReceiving = next === 'receiving';
    if (isReceiving === (this.#receivingSince !== undefined)) return;
    this.#receivingSince = isReceiving ? this.#options.clock.monotonic() : undefined;
    this.#sender.setReading(isReceiving);
  }

  #process(frames: readonly Buffer[]): void {
    if (this.#delivery.run(() => frames.forEach((frame) => this.#dispatch(frame)))) this.wake();
  }

  #dispatch(frame: Buffer): void {
    // The consumer of the frame before may have closed the channel.
    if (this.#link.kind === 'closed') return;
    const { logger } = this.#options;
    try {
      this.#receiveMessage(decodeClientMessage(frame));
    } catch (error) {
      if (!isProtocolError(error)) throw error;
      logger.error(`dropped a frame: ${error.message}`);
    }
  }

  #receiveMessage(message: ClientMessage): void {
    const { logger, agentConnected } = this.#options;
    switch (message.messageType) {
      case MessageType.OutputStreamData:
        this.#agentIsConnected();
        this.#receiveStreamMessage(message);
        break;
      case MessageType.Acknowledge:
        this.#agentIsConnected();
        this.#sender.acknowledged(parseAcknowledgement(message.payload).sequenceNumber);
        break;
      case MessageType.ChannelClosed:
        this.#receiveChannelClosed(message);
        break;
      case MessageType.PausePublication:
        logger.info('the agent is not connected, sending pauses');
        this.#sender.pausePublication();
        this.#options.agentPresence?.(false);
        break;
      case MessageType.StartPublication:
        // Every session also begins with one, although nothing was paused.
        if (this.#agentIsConnected()) {
          logger.info('the agent is connected, sending continues');
        }
        agentConnected();
        break;
      default:
        logger.warn('dropped a message of an unknown type');
    }
  }

  /** @returns whether sending was paused until now */
  #agentIsConnected(): boolean {
    this.#options.agentPresence?.(true);
    return this.#sender.resumePublication();
  }

  #receiveStreamMessage(message: ClientMessage): void {
    const { logger } = this.#options;
    const { sequenceNumber, payloadType, payload } = message;
    const reception = this.#incoming.receive(sequenceNumber, payloadType, payload);
    if (reception !== 'refused') this.#acknowledge(message);
    if (logger.debugEnabled) {
      logger.debug(
        `${reception} message ${sequenceNumber}, payload type ${payloadType}, ${payload.length} bytes`,
      );
    }
  }

  #acknowledge(message: ClientMessage): void {
    // The consumer of the message may have closed the channel.
    if (this.#link.kind !== 'attached') return;
    this.#link.socket.send(this.#acknowledger.acknowledge(message));
  }

  #receiveChannelClosed(message: ClientMessage): void {
    const { logger, closedByService } = this.#options;
    try {
      closedByService(parseChannelClosed(message.payload).output);
    } catch (error) {
      if (!isProtocolError(error)) throw error;
      // The digest of the frame is correct, so the service has closed the channel, without a reason.
      logger.warn(`channel_closed: ${error.message}`);
      closedByService('');
    }
  }
}
