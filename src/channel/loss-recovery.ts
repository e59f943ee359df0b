import type { Clock } from '../lib/clock.ts';
import type { OutgoingBuffer, SentMessage } from './outgoing-buffer.ts';
import { createRoundTripEstimate } from './round-trip.ts';
import type { SendWindow } from './send-window.ts';

/** Resends of one message on one connection after which it is exhausted, about five minutes. */
const MAX_RESENDS = 3000;
/**
 * A message counts as lost when one sent this many transmissions later is acknowledged. The agent
 * acknowledges out of order, so most losses are known long before the timeout; a path that reorders
 * by less than this never causes a resend (after RFC 8985).
 */
const REORDERING_TOLERANCE = 8;
/** An acknowledgement this much sooner than any before cannot be one of the last transmission. */
const SPURIOUS_SHARE = 1 / 2;

/** What loss recovery works with. */
export interface LossRecoveryOptions {
  readonly clock: Clock;
  readonly unacknowledged: OutgoingBuffer;
  readonly window: SendWindow;
  /** Queues a message to be sent again. */
  readonly resend: (lost: SentMessage) => void;
}

/** What became of the oldest unacknowledged message. */
export type OldestMessage = 'in-time' | 'resent' | 'exhausted';

/**
 * Finds the messages that are lost, and adapts window and timeout to it
 * (docs/design/protocol.md#retransmission).
 */
export interface LossRecovery {
  /** A message is being handed to a socket. */
  transmitted(sent: SentMessage): void;
  /** A message was acknowledged, which may show that earlier ones are lost. */
  acknowledged(sent: SentMessage, windowIsFull: boolean): void;
  /** Resends the oldest message, and what was lost with it, once its timeout has passed. */
  checkOldest(): OldestMessage;
  /** Everything goes out again, on another connection or to an agent that was away. */
  restart(): void;
  /**
   * Reading begins again after a pause. Acknowledgements that waited unread come in first: every
   * message gets a whole timeout.
   */
  readingResumed(): void;
  /** Milliseconds after which an unacknowledged message counts as lost. */
  readonly timeout: number;
  /** Shortest round trip so far, milliseconds; infinite before the first. */
  readonly fastestRoundTrip: number;
}

/** Loss recovery for messages of which none was transmitted yet. */
export function createLossRecovery(options: LossRecoveryOptions): LossRecovery {
  const { clock, unacknowledged, window } = options;
  const roundTrip = createRoundTripEstimate();
  let fastest = Infinity;
  let transmissions = 0;
  /** How long acknowledgements of earlier transmissions took is unknown: nothing was read meanwhile. */
  let firstTimedOrder = 0;
  let highestAcknowledgedOrder = -1;
  /** Losses of messages sent up to here belong to a flight the window has already shrunk for. */
  let recoveryOrder = -1;
  /** Something was acknowledged since the oldest message was last checked. */
  let acknowledgedSinceCheck = false;

  const resend = (sent: SentMessage): void => {
    if (sent.order > recoveryOrder) {
      recoveryOrder = transmissions - 1;
      window.lost();
    }
    sent.resends++;
    options.resend(sent);
  };

  const resendOverdue = (): void => {
    const sentBefore = clock.monotonic() - roundTrip.timeout;
    for (const sent of unacknowledged.all()) {
      if (!sent.queued && sent.sentAt <= sentBefore) resend(sent);
    }
  };

  const resendReordered = (): void => {
    for (const sent of unacknowledged.all()) {
      if (sent.queued) continue;
      if (sent.order + REORDERING_TOLERANCE < highestAcknowledgedOrder) resend(sent);
      // Messages behind one that was sent only once went out even later.
      else if (sent.transmissions === 1) break;
    }
  };

  return {
    transmitted(sent) {
      sent.transmissions++;
      sent.order = transmissions++;
      if (sent.transmissions === 1) sent.firstOrder = sent.order;
      sent.sentAt = clock.monotonic();
    },
    acknowledged(sent, windowIsFull) {
      acknowledgedSinceCheck = true;
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
      // Which of several transmissions is acknowledged is unknown: the first is certain.
      if (sent.firstOrder <= highestAcknowledgedOrder) return;
      highestAcknowledgedOrder = sent.firstOrder;
      resendReordered();
    },
    checkOldest() {
      const oldest = unacknowledged.oldest();
      if (oldest === undefined || oldest.queued) return 'in-time';
      if (clock.monotonic() - oldest.sentAt < roundTrip.timeout) return 'in-time';
      if (oldest.resends >= MAX_RESENDS) return 'exhausted';
      // While acknowledgements of others come in, every message as old is lost as well. In silence
      // the oldest alone asks whether the peer is there.
      if (acknowledgedSinceCheck) resendOverdue();
      else resend(oldest);
      acknowledgedSinceCheck = false;
      return 'resent';
    },
    restart() {
      for (const sent of unacknowledged.all()) sent.resends = 0;
      highestAcknowledgedOrder = -1;
      recoveryOrder = transmissions;
    },
    readingResumed() {
      firstTimedOrder = transmissions;
      for (const sent of unacknowledged.all()) sent.sentAt = clock.monotonic();
    },
    get timeout() {
      return roundTrip.timeout;
    },
    get fastestRoundTrip() {
      return fastest;
    },
  };
}
