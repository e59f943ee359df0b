import type { Clock, Timer } from '../lib/clock.ts';
import type { Logger } from '../logging/logger.ts';
import { encodeClientMessage, MessageType } from '../protocol/client-message.ts';
import { createAcknowledgementWaiters } from './acknowledgement-waiters.ts';
import { createLossRecovery, type LossRecovery } from './loss-recovery.ts';
import { createFramePool } from './frame-pool.ts';
import { createOutgoingBuffer, type SentMessage } from './outgoing-buffer.ts';
import type { OutgoingMessage } from './outgoing-message.ts';
import { createPacer, type Pacer } from './pacer.ts';
import { createSendQueue } from './send-queue.ts';
import { createSendWindow } from './send-window.ts';
import {
  TRANSMISSION_TRANSITIONS,
  type TransmissionEvent,
  type TransmissionState,
} from './transmission-state.ts';

/** Interval between two checks of the oldest unacknowledged message. */
const RESEND_INTERVAL_MS = 100;
/**
 * Least time between two resends of everything, for a service that pauses and starts again and again. An
 * earlier start is delayed.
 */
const RESUME_INTERVAL_MS = RESEND_INTERVAL_MS;

/** What a sender works with. */
export interface SenderOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Stream messages each second; 0 means no limit. */
  readonly messagesPerSecond: number;
  /** 16 bytes in wire order for each new message. */
  readonly newMessageId: () => Buffer;
  /** Returns the next message, or undefined when none waits. */
  readonly next: () => OutgoingMessage | undefined;
  /**
   * A message was resent 3000 times on this connection without an answer. Called repeatedly until
   * the connection is replaced or the sender closed.
   */
  readonly onUnacknowledged: () => void;
}

/** One direction of the channel: numbers messages and sends each until it is acknowledged. */
export interface Sender {
  /** A socket is open: sends everything unacknowledged again, then what waits. */
  attach(transmit: (frame: Buffer) => void): void;
  /** The socket is closed. Messages are kept. */
  detach(): void;
  /** Sends a message before those that `next()` has not returned. The window does not delay it. */
  send(message: OutgoingMessage): void;
  /** Something may be sent now: pulls what window and rate allow. */
  wake(): void;
  /** The peer acknowledged the message with this number. */
  acknowledged(sequenceNumber: number): void;
  /** The agent is not connected: nothing is sent or resent until `resumePublication()`. */
  pausePublication(): void;
  /** @returns false when nothing was paused */
  resumePublication(): boolean;
  /**
   * While this side does not read, it does not receive acknowledgements either: no message may count
   * as lost meanwhile.
   */
  setReading(isReading: boolean): void;
  /** Calls back once everything sent or pulled so far is acknowledged. */
  whenAcknowledged(callback: () => void): void;
  /** Milliseconds in which an acknowledgement is due; undefined while none is. */
  readonly acknowledgementTimeout: number | undefined;
  /** Stops all timers. Nothing is sent afterwards. */
  close(): void;
}

/** A sender before its first message, which gets number 0. */
export function createSender(options: SenderOptions): Sender {
  return new ChannelSender(options);
}

const NO_SOCKET = (): void => undefined;

/** Carries out {@link TRANSMISSION_TRANSITIONS}. Loss, window and pacing have modules of their own. */
class ChannelSender implements Sender {
  readonly #options: SenderOptions;
  readonly #unacknowledged = createOutgoingBuffer();
  readonly #queue = createSendQueue();
  readonly #window = createSendWindow();
  readonly #frames = createFramePool();
  readonly #waiters = createAcknowledgementWaiters();
  readonly #recovery: LossRecovery;
  readonly #pacer: Pacer;
  #state: TransmissionState = 'detached';
  #transmit: (frame: Buffer) => void = NO_SOCKET;
  #isReading = true;
  /** `next` and the socket may call back while they are called. */
  #isPumping = false;
  #nextSequenceNumber = 0;
  /** Monotonic milliseconds. */
  #resentAllAt = -Infinity;
  #checkTimer: Timer | undefined;
  #delayTimer: Timer | undefined;

  constructor(options: SenderOptions) {
    this.#options = options;
    const { clock, messagesPerSecond } = options;
    this.#recovery = createLossRecovery({
      clock,
      unacknowledged: this.#unacknowledged,
      window: this.#window,
      resend: (lost) => this.#resend(lost),
    });
    this.#pacer = createPacer({ clock, messagesPerSecond, resume: () => this.wake() });
  }

  attach(transmit: (frame: Buffer) => void): void {
    this.#transmit = transmit;
    this.#handle('attach');
  }

  detach(): void {
    this.#transmit = NO_SOCKET;
    this.#handle('detach');
  }

  send(message: OutgoingMessage): void {
    this.#queue.push(this.#number(message));
    this.wake();
  }

  wake(): void {
    if (this.#isPumping) return;
    this.#isPumping = true;
    while (this.#state === 'sending' && this.#pacer.admits()) {
      const sent = this.#queue.shift() ?? this.#pull();
      if (sent === undefined) break;
      this.#pacer.spend();
      this.#recovery.transmitted(sent);
      this.#transmit(sent.frame);
    }
    this.#isPumping = false;
    this.#watchOldest();
  }

  acknowledged(sequenceNumber: number): void {
    const sent = this.#unacknowledged.acknowledge(sequenceNumber);
    if (sent === undefined) return;
    this.#recovery.acknowledged(sent);
    this.#frames.free(sent.frame);
    this.#waiters.reached(this.#lowestUnacknowledged());
    this.wake();
  }

  pausePublication(): void {
    this.#handle('pause');
  }

  resumePublication(): boolean {
    // Each message of the agent calls this.
    if (this.#state !== 'paused') return false;
    const isEarly = this.#resumeDelay() > 0 && this.#unacknowledged.size > 0;
    this.#handle(isEarly ? 'resume-early' : 'resume');
    return true;
  }

  setReading(isReading: boolean): void {
    this.#isReading = isReading;
    if (isReading) this.#recovery.readingResumed();
    this.#watchOldest();
  }

  whenAcknowledged(callback: () => void): void {
    this.#waiters.add(this.#nextSequenceNumber, callback);
    this.#waiters.reached(this.#lowestUnacknowledged());
  }

  get acknowledgementTimeout(): number | undefined {
    return this.#isAwaiting() ? this.#recovery.roundTrip.timeout : undefined;
  }

  close(): void {
    this.#handle('close');
    this.#pacer.close();
    this.#waiters.clear();
  }

  #handle(event: TransmissionEvent): void {
    const transition = TRANSMISSION_TRANSITIONS[this.#state][event];
    if (transition === undefined) return;
    this.#delayTimer?.cancel();
    this.#delayTimer = undefined;
    this.#state = transition.next;
    switch (transition.effect) {
      case 'resend-all':
        this.#resendAll();
        break;
      case 'start-delay':
        this.#delayTimer = this.#options.clock.after(this.#resumeDelay(), () =>
          this.#handle('delay-elapsed'),
        );
        break;
      case undefined:
        this.#watchOldest();
    }
  }

  #resumeDelay(): number {
    return this.#resentAllAt + RESUME_INTERVAL_MS - this.#options.clock.monotonic();
  }

  /** Messages in flight may be lost: sends all of them again, oldest first. */
  #resendAll(): void {
    this.#resentAllAt = this.#options.clock.monotonic();
    this.#queue.replace(this.#unacknowledged.all());
    this.#recovery.restart();
    this.wake();
  }

  #resend(lost: SentMessage): void {
    this.#queue.push(lost);
    const { logger } = this.#options;
    if (logger.debugEnabled) {
      logger.debug(`resending message ${lost.sequenceNumber}, sent ${lost.transmissions} times`);
    }
  }

  /** Takes the next message from its source, if it fits into the window. */
  #pull(): SentMessage | undefined {
    if (!this.#window.admits(this.#unacknowledged, this.#recovery.roundTrip.fastest)) {
      return undefined;
    }
    const message = this.#options.next();
    return message === undefined ? undefined : this.#number(message);
  }

  #number(message: OutgoingMessage): SentMessage {
    const sequenceNumber = this.#nextSequenceNumber++;
    const sent: SentMessage = {
      sequenceNumber,
      frame: encodeClientMessage(
        {
          messageType: MessageType.InputStreamData,
          sequenceNumber,
          flags: 0,
          messageId: this.#options.newMessageId(),
          createdDate: this.#options.clock.now(),
          payloadType: message.payloadType,
          payload: message.payload,
        },
        this.#frames.allocate,
      ),
      payloadBytes: message.payload.length,
      state: 'queued',
      transmissions: 0,
      resends: 0,
      sentAt: 0,
      order: -1,
      firstOrder: -1,
    };
    this.#unacknowledged.add(sent);
    return sent;
  }

  #lowestUnacknowledged(): number {
    return this.#unacknowledged.oldest()?.sequenceNumber ?? this.#nextSequenceNumber;
  }

  #isAwaiting(): boolean {
    return this.#unacknowledged.size > 0 && this.#state === 'sending' && this.#isReading;
  }

  #watchOldest(): void {
    if (this.#isAwaiting()) {
      this.#checkTimer ??= this.#options.clock.every(RESEND_INTERVAL_MS, () => this.#checkOldest());
    } else {
      this.#checkTimer?.cancel();
      this.#checkTimer = undefined;
    }
  }

  #checkOldest(): void {
    switch (this.#recovery.checkOldest()) {
      case 'in-time':
        return;
      case 'resent':
        this.wake();
        return;
      case 'exhausted':
        this.#options.logger.error(`message ${this.#lowestUnacknowledged()} is never acknowledged`);
        this.#options.onUnacknowledged();
    }
  }
}
