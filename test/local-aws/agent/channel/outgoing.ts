import { createRoundTrip } from './round-trip.ts';

/** Resends of one message after which the agent gives the session up: about five minutes. */
const MAX_RESENDS = 3000;

interface Unacknowledged {
  readonly frame: Buffer;
  sentAt: number;
  resends: number;
}

/** The agent's messages on their way to the client (docs/design/protocol.md#retransmission). */
export interface Outgoing {
  /** Messages sent or waiting that have not been acknowledged. */
  readonly size: number;
  /** The number of the next message. */
  readonly nextNumber: number;
  /** Takes the message with the next number and sends it, unless sending is paused. */
  add(frame: Buffer): void;
  /** @returns false when the message was acknowledged before or never sent */
  acknowledge(sequenceNumber: number): boolean;
  /**
   * Sends the oldest message again when its time has come: the agent looks at no other.
   *
   * @returns what was done about it
   */
  resendHead(): 'nothing' | 'resent' | 'given-up';
  pause(): void;
  /** Sends what has waited for this. */
  resume(): void;
}

/**
 * @param send - hands a frame to the link
 * @param now - monotonic milliseconds
 */
export function createOutgoing(send: (frame: Buffer) => void, now: () => number): Outgoing {
  const unacknowledged = new Map<number, Unacknowledged>();
  const roundTrip = createRoundTrip();
  let next = 0;
  let firstUnsent = 0;
  let head = 0;
  let paused = true;

  const sendUnsent = (): void => {
    for (; firstUnsent < next; firstUnsent++) {
      const message = unacknowledged.get(firstUnsent);
      if (message === undefined) continue;
      message.sentAt = now();
      send(message.frame);
    }
  };
  return {
    get size() {
      return unacknowledged.size;
    },
    get nextNumber() {
      return next;
    },
    add(frame) {
      unacknowledged.set(next++, { frame, sentAt: 0, resends: 0 });
      if (!paused) sendUnsent();
    },
    acknowledge(sequenceNumber) {
      const message = unacknowledged.get(sequenceNumber);
      if (message === undefined || sequenceNumber >= firstUnsent) return false;
      unacknowledged.delete(sequenceNumber);
      if (message.resends === 0) roundTrip.measured(now() - message.sentAt);
      while (head < next && !unacknowledged.has(head)) head++;
      return true;
    },
    resendHead() {
      const message = unacknowledged.get(head);
      if (paused || message === undefined || now() - message.sentAt <= roundTrip.timeout) {
        return 'nothing';
      }
      if (message.resends >= MAX_RESENDS) return 'given-up';
      message.resends++;
      message.sentAt = now();
      send(message.frame);
      return 'resent';
    },
    pause() {
      paused = true;
    },
    resume() {
      paused = false;
      sendUnsent();
    },
  };
}
