import type { Clock, Timer } from '../clock.ts';
import type { Logger } from '../logging/logger.ts';
import { encodeClientMessage, MessageType } from '../protocol/client-message.ts';
import type { MessageRate } from './message-rate.ts';
import { createOutgoingBuffer, type SentMessage } from './outgoing-buffer.ts';
import { OUTPUT_PAYLOAD_BYTES, type OutgoingMessage } from './outgoing-message.ts';
import { createRoundTripEstimate } from './round-trip.ts';
import { createSendWindow } from './send-window.ts';

/** How often the oldest unacknowledged message is looked at. */
const RESEND_INTERVAL_MS = 100;
/** Resends of one message after which the peer counts as gone, about five minutes. */
const MAX_RESENDS = 3000;
/**
 * A full window opens again once so many bytes are acknowledged: then many messages leave in one
 * system call. Opening for each acknowledgement would keep them apart for ever.
 */
const WINDOW_STEP_BYTES = 32 * OUTPUT_PAYLOAD_BYTES;
/**
 * On a path longer than this a step is shorter, the more the longer: there a window that stands
 * partly empty costs throughput, and acknowledgements come many at a time by themselves.
 */
const SHORT_ROUND_TRIP_MS = 2;
/** Of a small window a step is this part. */
const WINDOW_STEP_SHARE = 1 / 4;
/** Unacknowledged messages of any size: the least that a peer keeps for reordering. */
const MAX_UNACKNOWLEDGED_MESSAGES = 10_000;
/**
 * A message counts as lost when one sent this many transmissions later is acknowledged. The agent
 * acknowledges out of order, so most losses are known long before the timeout; a path that reorders
 * by less than this never causes a resend (after RFC 8985).
 */
const REORDERING_TOLERANCE = 8;

/** An acknowledgement this much sooner than any before cannot be one of the last transmission. */
const SPURIOUS_SHARE = 1 / 2;

/** What a sender works with. */
export interface SenderOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly rate: MessageRate;
  /** 16 bytes in wire order for each new message. */
  readonly newMessageId: () => Buffer;
  /** Hands out the next message, or undefined when nothing waits. */
  readonly next: () => OutgoingMessage | undefined;
  /** A message was resent 3000 times without an answer. */
  readonly gaveUp: () => void;
}

/** One direction of the channel: numbers messages and sends each until it is acknowledged. */
export interface Sender {
  /** A socket is there: everything unacknowledged goes out again, then what waits. */
  attach(transmit: (frame: Buffer) => void): void;
  /** The socket is gone; messages are kept. */
  detach(): void;
  /** Sends a message in front of what `next()` has not handed out. Window does not hold it back. */
  send(message: OutgoingMessage): void;
  /** Something may be sent now: pulls what window and rate allow. */
  wake(): void;
  /** The peer acknowledged the message with this number. */
  acknowledged(sequenceNumber: number): void;
  /** The other side is not connected: nothing is sent or resent until `resumePublication()`. */
  pausePublication(): void;
  resumePublication(): void;
  /**
   * While this side does not read, it does not see acknowledgements either: no message may count as
   * lost meanwhile.
   */
  setReading(reading: boolean): void;
  /** Calls back once everything sent or pulled so far is acknowledged. */
  whenAcknowledged(callback: () => void): void;
  /** Stops all timers. Nothing is sent any more. */
  close(): void;
}

interface AcknowledgementWaiter {
  readonly beforeSequenceNumber: number;
  readonly callback: () => void;
}

/** A sender with nothing sent yet; its first message gets number 0. */
export function createSender(options: SenderOptions): Sender {
  const { clock, logger, rate } = options;
  const unacknowledged = createOutgoingBuffer();
  const roundTrip = createRoundTripEstimate();
  const window = createSendWindow();
  let ready: SentMessage[] = [];
  let waiters: AcknowledgementWaiter[] = [];
  let transmit: ((frame: Buffer) => void) | undefined;
  let paused = false;
  let reading = true;
  let closed = false;
  let pumping = false;
  let windowIsFull = false;
  /** Shortest round trip so far, milliseconds. */
  let fastest = Infinity;
  let nextSequenceNumber = 0;
  let transmissions = 0;
  /** Nobody saw how long acknowledgements of earlier transmissions took: nothing was read meanwhile. */
  let firstTimedOrder = 0;
  let highestAcknowledgedOrder = -1;
  /** Losses of messages sent up to here belong to a flight the window has already shrunk for. */
  let recoveryOrder = -1;
  /** Something was acknowledged since the oldest message was last looked at. */
  let heardSinceTick = false;
  let resendTimer: Timer | undefined;
  let rateTimer: Timer | undefined;

  const add = (message: OutgoingMessage): SentMessage => {
    const sequenceNumber = nextSequenceNumber++;
    const sent: SentMessage = {
      sequenceNumber,
      frame: encodeClientMessage({
        messageType: MessageType.InputStreamData,
        sequenceNumber,
        flags: 0,
        messageId: options.newMessageId(),
        createdDate: clock.now(),
        payloadType: message.payloadType,
        payload: message.payload,
      }),
      payloadBytes: message.payload.length,
      transmissions: 0,
      sentAt: 0,
      order: -1,
      firstOrder: -1,
      queued: true,
    };
    unacknowledged.add(sent);
    return sent;
  };

  /** Bytes that must be free for a full window to open again. */
  const reopeningStep = (): number => {
    const step = WINDOW_STEP_BYTES * Math.min(1, SHORT_ROUND_TRIP_MS / fastest);
    return Math.max(OUTPUT_PAYLOAD_BYTES, Math.min(step, window.size * WINDOW_STEP_SHARE));
  };

  const pullNext = (): SentMessage | undefined => {
    const room = windowIsFull ? reopeningStep() : OUTPUT_PAYLOAD_BYTES;
    windowIsFull =
      unacknowledged.bytes + room > window.size ||
      unacknowledged.size >= MAX_UNACKNOWLEDGED_MESSAGES;
    if (windowIsFull) return undefined;
    const message = options.next();
    return message === undefined ? undefined : add(message);
  };

  /** The next message to hand to the socket: what is to be sent again first, then new ones. */
  const takeNext = (): SentMessage | undefined => {
    for (let sent = ready.shift(); sent !== undefined; sent = ready.shift()) {
      // It may have been acknowledged while it waited.
      if (sent.queued) return sent;
    }
    return pullNext();
  };

  const waitForRate = (): void => {
    rateTimer ??= clock.after(Math.max(1, rate.delay()), () => {
      rateTimer = undefined;
      pump();
    });
  };

  const pump = (): void => {
    if (pumping || closed) return;
    pumping = true;
    while (transmit !== undefined && !paused) {
      if (rate.delay() > 0) {
        waitForRate();
        break;
      }
      const sent = takeNext();
      if (sent === undefined) break;
      rate.spend();
      sent.queued = false;
      sent.transmissions++;
      sent.order = transmissions++;
      if (sent.transmissions === 1) sent.firstOrder = sent.order;
      sent.sentAt = clock.monotonic();
      transmit(sent.frame);
    }
    pumping = false;
    watchOldest();
  };

  const watchOldest = (): void => {
    if (unacknowledged.size === 0 || transmit === undefined || paused || !reading) {
      resendTimer?.cancel();
      resendTimer = undefined;
    } else {
      resendTimer ??= clock.every(RESEND_INTERVAL_MS, resendOldest);
    }
  };

  const resend = (sent: SentMessage): void => {
    sent.queued = true;
    ready.push(sent);
    if (sent.order > recoveryOrder) {
      recoveryOrder = transmissions - 1;
      window.lost();
    }
    if (logger.debugEnabled) {
      logger.debug(`resending message ${sent.sequenceNumber}, sent ${sent.transmissions} times`);
    }
  };

  const resendOldest = (): void => {
    const oldest = unacknowledged.oldest();
    if (oldest === undefined || oldest.queued) return;
    if (clock.monotonic() - oldest.sentAt < roundTrip.timeout) return;
    if (oldest.transmissions > MAX_RESENDS) {
      logger.error(
        `message ${oldest.sequenceNumber} was sent ${oldest.transmissions} times unanswered`,
      );
      options.gaveUp();
      return;
    }
    // While acknowledgements of others come in, every message as old is lost as well. In silence the
    // oldest alone asks whether the peer is there.
    if (heardSinceTick) resendOverdue();
    else resend(oldest);
    heardSinceTick = false;
    pump();
  };

  const resendOverdue = (): void => {
    const sentBefore = clock.monotonic() - roundTrip.timeout;
    for (const sent of unacknowledged.all()) {
      if (!sent.queued && sent.sentAt <= sentBefore) resend(sent);
    }
  };

  const resendOvertaken = (): void => {
    for (const sent of unacknowledged.all()) {
      if (sent.queued) continue;
      if (sent.order + REORDERING_TOLERANCE < highestAcknowledgedOrder) resend(sent);
      // Messages behind one that was sent only once went out even later.
      else if (sent.transmissions === 1) break;
    }
  };

  /** Frames on their way when the other side went may be lost: all go out again, oldest first. */
  const queueAll = (): void => {
    ready = [];
    for (const sent of unacknowledged.all()) {
      sent.queued = true;
      ready.push(sent);
    }
    highestAcknowledgedOrder = -1;
    recoveryOrder = transmissions;
  };

  const callWaiters = (): void => {
    const reached = unacknowledged.oldest()?.sequenceNumber ?? nextSequenceNumber;
    const due = waiters.filter((waiter) => waiter.beforeSequenceNumber <= reached);
    waiters = waiters.filter((waiter) => waiter.beforeSequenceNumber > reached);
    for (const waiter of due) waiter.callback();
  };

  return {
    attach(newTransmit) {
      transmit = newTransmit;
      paused = false;
      queueAll();
      pump();
    },
    detach() {
      transmit = undefined;
      watchOldest();
    },
    send(message) {
      ready.push(add(message));
      pump();
    },
    wake: pump,
    acknowledged(sequenceNumber) {
      const sent = unacknowledged.acknowledge(sequenceNumber);
      if (sent === undefined) return;
      sent.queued = false;
      heardSinceTick = true;
      const taken = sent.order < firstTimedOrder ? undefined : clock.monotonic() - sent.sentAt;
      if (sent.transmissions === 1) {
        if (windowIsFull) window.acknowledged(sent.payloadBytes);
        if (taken !== undefined) {
          roundTrip.measured(taken);
          fastest = Math.min(fastest, taken);
        }
      } else if (taken !== undefined && taken < fastest * SPURIOUS_SHARE) {
        // No answer to the last transmission can be here yet: an earlier one had arrived.
        window.notLost();
      }
      // Which of several transmissions is acknowledged nobody can tell: the first is certain.
      if (sent.firstOrder > highestAcknowledgedOrder) {
        highestAcknowledgedOrder = sent.firstOrder;
        resendOvertaken();
      }
      if (waiters.length > 0) callWaiters();
      pump();
    },
    pausePublication() {
      paused = true;
      watchOldest();
    },
    resumePublication() {
      if (!paused) return;
      paused = false;
      queueAll();
      pump();
    },
    setReading(now) {
      reading = now;
      if (now) {
        // Acknowledgements that waited unread come in first: they get a whole timeout.
        firstTimedOrder = transmissions;
        for (const sent of unacknowledged.all()) sent.sentAt = clock.monotonic();
      }
      watchOldest();
    },
    whenAcknowledged(callback) {
      waiters.push({ beforeSequenceNumber: nextSequenceNumber, callback });
      callWaiters();
    },
    close() {
      closed = true;
      transmit = undefined;
      resendTimer?.cancel();
      rateTimer?.cancel();
      waiters = [];
    },
  };
}
