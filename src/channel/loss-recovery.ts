import type { Clock } from '../lib/clock.ts';
import type { OutgoingBuffer, SentMessage } from './outgoing-buffer.ts';
import { createRoundTripEstimate, type RoundTripEstimate } from './round-trip.ts';
import type { SendWindow } from './send-window.ts';

/** Resends of one message on one connection until the channel gives up, about five minutes. */
const MAX_RESENDS = 3000;
/**
 * A message counts as lost when one sent this many transmissions later is acknowledged. The agent
 * acknowledges out of order, so most losses are known long before the timeout. A path that reorders
 * by less than this never causes a resend (after RFC 8985).
 */
const REORDERING_TOLERANCE = 8;
/** An acknowledgement faster than this share of the shortest round trip answers an earlier transmission. */
const SPURIOUS_SHARE = 1 / 2;

/** What loss recovery works with. */
export interface LossRecoveryOptions {
  readonly clock: Clock;
  readonly unacknowledged: OutgoingBuffer;
  readonly window: SendWindow;
  /** Queues a message to be sent again. */
  readonly resend: (lost: SentMessage) => void;
}

/** Result of a check of the oldest unacknowledged message. */
export type OldestMessage = 'in-time' | 'resent' | 'exhausted';

/**
 * Finds lost messages, and adapts window and timeout to the losses
 * (docs/design/protocol.md#retransmission).
 */
export interface LossRecovery {
  /** Call it when a message is passed to a socket. */
  transmitted(sent: SentMessage): void;
  /** A message was acknowledged, which may show that earlier ones are lost. */
  acknowledged(sent: SentMessage): void;
  /** Once the timeout of the oldest message has passed, resends it and what was lost with it. */
  checkOldest(): OldestMessage;
  /** Everything is sent again, on a new connection or to an agent that was not connected. */
  restart(): void;
  /**
   * Reading continues after a pause. Acknowledgements that arrived meanwhile are read first, so the
   * timeout of every message starts again.
   */
  readingResumed(): void;
  readonly roundTrip: RoundTripEstimate;
}

/** The record of the transmissions. Messages are compared by `SentMessage.order`. */
interface Flight extends LossRecoveryOptions {
  readonly roundTrip: RoundTripEstimate;
  /** Number of transmissions so far. */
  transmissions: number;
  /** The round trip of earlier transmissions cannot be measured: nothing was read meanwhile. */
  firstTimedOrder: number;
  highestAcknowledgedOrder: number;
  /** The window has already shrunk for losses among the transmissions up to this one. */
  recoveryOrder: number;
  /** Something was acknowledged since the last check of the oldest message. */
  acknowledgedSinceCheck: boolean;
}

/** Loss recovery before the first transmission. */
export function createLossRecovery(options: LossRecoveryOptions): LossRecovery {
  const { clock, unacknowledged } = options;
  const flight: Flight = {
    ...options,
    roundTrip: createRoundTripEstimate(),
    transmissions: 0,
    firstTimedOrder: 0,
    highestAcknowledgedOrder: -1,
    recoveryOrder: -1,
    acknowledgedSinceCheck: false,
  };
  return {
    transmitted(sent) {
      sent.state = 'in-flight';
      sent.transmissions++;
      sent.order = flight.transmissions++;
      if (sent.transmissions === 1) sent.firstOrder = sent.order;
      sent.sentAt = clock.monotonic();
    },
    acknowledged(sent) {
      flight.acknowledgedSinceCheck = true;
      learnFrom(flight, sent);
      // Which of several transmissions is acknowledged is unknown: the first has certainly left.
      if (sent.firstOrder <= flight.highestAcknowledgedOrder) return;
      flight.highestAcknowledgedOrder = sent.firstOrder;
      resendReordered(flight);
    },
    checkOldest: () => checkOldest(flight),
    restart() {
      for (const sent of unacknowledged.all()) sent.resends = 0;
      flight.highestAcknowledgedOrder = -1;
      flight.recoveryOrder = flight.transmissions;
    },
    readingResumed() {
      flight.firstTimedOrder = flight.transmissions;
      for (const sent of unacknowledged.all()) sent.sentAt = clock.monotonic();
    },
    roundTrip: flight.roundTrip,
  };
}

/** Adapts round trip and window to an acknowledgement. */
function learnFrom({ clock, window, roundTrip, firstTimedOrder }: Flight, sent: SentMessage): void {
  const isTimed = sent.order >= firstTimedOrder;
  const elapsed = clock.monotonic() - sent.sentAt;
  if (sent.transmissions === 1) {
    if (window.state === 'full') window.acknowledged(sent.payloadBytes);
    if (isTimed) roundTrip.measured(elapsed);
  } else if (isTimed && elapsed < roundTrip.fastest * SPURIOUS_SHARE) {
    // The last transmission cannot be answered yet: an earlier one had arrived.
    window.undoLoss();
  }
}

function resend(flight: Flight, sent: SentMessage): void {
  if (sent.order > flight.recoveryOrder) {
    flight.recoveryOrder = flight.transmissions - 1;
    flight.window.lost();
  }
  sent.resends++;
  flight.resend(sent);
}

/** Resends what left well before a message that is acknowledged. */
function resendReordered(flight: Flight): void {
  for (const sent of flight.unacknowledged.all()) {
    if (sent.state === 'queued') continue;
    if (sent.order + REORDERING_TOLERANCE < flight.highestAcknowledgedOrder) resend(flight, sent);
    // Messages after one that was sent only once left even later.
    else if (sent.transmissions === 1) break;
  }
}

function resendOverdue(flight: Flight): void {
  const sentBefore = flight.clock.monotonic() - flight.roundTrip.timeout;
  for (const sent of flight.unacknowledged.all()) {
    if (sent.state === 'in-flight' && sent.sentAt <= sentBefore) resend(flight, sent);
  }
}

function checkOldest(flight: Flight): OldestMessage {
  const oldest = flight.unacknowledged.oldest();
  if (oldest?.state !== 'in-flight') return 'in-time';
  if (flight.clock.monotonic() - oldest.sentAt < flight.roundTrip.timeout) return 'in-time';
  if (oldest.resends >= MAX_RESENDS) return 'exhausted';
  // While other messages are acknowledged, every message of the same age is lost, too. If none is
  // acknowledged, only the oldest is resent, to test whether the peer is there.
  if (flight.acknowledgedSinceCheck) resendOverdue(flight);
  else resend(flight, oldest);
  flight.acknowledgedSinceCheck = false;
  return 'resent';
}
