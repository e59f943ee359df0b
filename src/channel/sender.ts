import type { Clock, Timer } from '../lib/clock.ts';
import type { Logger } from '../logging/logger.ts';
import { encodeClientMessage, MessageType } from '../protocol/client-message.ts';
import { createLossRecovery } from './loss-recovery.ts';
import type { MessageRate } from './message-rate.ts';
import { createOutgoingBuffer, type SentMessage } from './outgoing-buffer.ts';
import { OUTPUT_PAYLOAD_BYTES, type OutgoingMessage } from './outgoing-message.ts';
import { createSendWindow } from './send-window.ts';

/** How often the oldest unacknowledged message is looked at. */
const RESEND_INTERVAL_MS = 100;
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
 * A service that pauses and starts all the time has everything sent again no more often than this: a
 * start that comes sooner counts when the time has passed.
 */
const RESUME_INTERVAL_MS = RESEND_INTERVAL_MS;
/** What a sender works with. */
export interface SenderOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly rate: MessageRate;
  /** 16 bytes in wire order for each new message. */
  readonly newMessageId: () => Buffer;
  /** Hands out the next message, or undefined when nothing waits. */
  readonly next: () => OutgoingMessage | undefined;
  /**
   * A message was resent 3000 times on this connection without an answer. Called again and again
   * until the connection is replaced or the sender closed.
   */
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
  /** @returns false when nothing had been paused */
  resumePublication(): boolean;
  /**
   * While this side does not read, it does not see acknowledgements either: no message may count as
   * lost meanwhile.
   */
  setReading(reading: boolean): void;
  /** Calls back once everything sent or pulled so far is acknowledged. */
  whenAcknowledged(callback: () => void): void;
  /** Milliseconds in which an acknowledgement is due; undefined while none is. */
  readonly acknowledgementTimeout: number | undefined;
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
  const window = createSendWindow();
  const recovery = createLossRecovery({
    clock,
    unacknowledged,
    window,
    resend: (lost) => {
      lost.queued = true;
      ready.push(lost);
      if (logger.debugEnabled) {
        logger.debug(`resending message ${lost.sequenceNumber}, sent ${lost.transmissions} times`);
      }
    },
  });
  let ready: SentMessage[] = [];
  let waiters: AcknowledgementWaiter[] = [];
  let transmit: ((frame: Buffer) => void) | undefined;
  let paused = false;
  let reading = true;
  let closed = false;
  let pumping = false;
  let windowIsFull = false;
  let nextSequenceNumber = 0;
  /** Monotonic milliseconds of the last time everything was to go out again. */
  let queuedAllAt = -Infinity;
  let resendTimer: Timer | undefined;
  let rateTimer: Timer | undefined;
  let publicationTimer: Timer | undefined;

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
      resends: 0,
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
    const step = WINDOW_STEP_BYTES * Math.min(1, SHORT_ROUND_TRIP_MS / recovery.fastestRoundTrip);
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
      recovery.transmitted(sent);
      transmit(sent.frame);
    }
    pumping = false;
    watchOldest();
  };

  const isAwaiting = (): boolean =>
    unacknowledged.size > 0 && transmit !== undefined && !paused && reading;

  const watchOldest = (): void => {
    if (isAwaiting()) {
      resendTimer ??= clock.every(RESEND_INTERVAL_MS, checkOldest);
    } else {
      resendTimer?.cancel();
      resendTimer = undefined;
    }
  };

  const checkOldest = (): void => {
    switch (recovery.checkOldest()) {
      case 'in-time':
        return;
      case 'resent':
        pump();
        return;
      case 'exhausted':
        logger.error(`message ${unacknowledged.oldest()?.sequenceNumber} is never acknowledged`);
        options.gaveUp();
    }
  };

  /** Frames on their way when the other side went may be lost: all go out again, oldest first. */
  const queueAll = (): void => {
    queuedAllAt = clock.monotonic();
    ready = [];
    for (const sent of unacknowledged.all()) {
      sent.queued = true;
      ready.push(sent);
    }
    recovery.restart();
  };

  const cancelPublication = (): void => {
    publicationTimer?.cancel();
    publicationTimer = undefined;
  };
  const startPublication = (): void => {
    cancelPublication();
    paused = false;
    queueAll();
    pump();
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
      startPublication();
    },
    detach() {
      transmit = undefined;
      cancelPublication();
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
      recovery.acknowledged(sent, windowIsFull);
      if (waiters.length > 0) callWaiters();
      pump();
    },
    pausePublication() {
      paused = true;
      cancelPublication();
      watchOldest();
    },
    resumePublication() {
      if (!paused || publicationTimer !== undefined) return false;
      const early = queuedAllAt + RESUME_INTERVAL_MS - clock.monotonic();
      if (early > 0 && unacknowledged.size > 0) {
        publicationTimer = clock.after(early, startPublication);
      } else startPublication();
      return true;
    },
    setReading(now) {
      reading = now;
      if (now) recovery.readingResumed();
      watchOldest();
    },
    whenAcknowledged(callback) {
      waiters.push({ beforeSequenceNumber: nextSequenceNumber, callback });
      callWaiters();
    },
    get acknowledgementTimeout() {
      return isAwaiting() ? recovery.timeout : undefined;
    },
    close() {
      closed = true;
      transmit = undefined;
      resendTimer?.cancel();
      rateTimer?.cancel();
      cancelPublication();
      waiters = [];
    },
  };
}
