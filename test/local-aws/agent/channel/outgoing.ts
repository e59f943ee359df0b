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
  /** Messages kept that have not been acknowledged. */
  readonly size: number;
  /** The number of the next message. */
  readonly nextNumber: number;
  /**
   * Takes the message with the next number. It is sent, unless sending is paused: then it is treated as if it
   * had been sent and lost. It is not kept for that where there is no room for it.
   */
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
  /** Sending goes on. For the first time: sends what has waited for the client, which the service keeps. */
  resume(): void;
}

/**
 * @param send - hands a frame to the link
 * @param now - monotonic milliseconds
 * @param capacity - messages kept until they are acknowledged
 */
export function createOutgoing(
  send: (frame: Buffer) => void,
  now: () => number,
  capacity = Infinity,
): Outgoing {
  const unacknowledged = new Map<number, Unacknowledged>();
  const roundTrip = createRoundTrip();
  let next = 0;
  let head = 0;
  let paused = true;
  let hasStarted = false;

  return {
    get size() {
      return unacknowledged.size;
    },
    get nextNumber() {
      return next;
    },
    add(frame) {
      const number = next++;
      if (unacknowledged.size < capacity) {
        unacknowledged.set(number, { frame, sentAt: now(), resends: 0 });
      }
      if (!paused) send(frame);
    },
    acknowledge(sequenceNumber) {
      const message = unacknowledged.get(sequenceNumber);
      if (message === undefined) return false;
      unacknowledged.delete(sequenceNumber);
      roundTrip.measured(now() - message.sentAt);
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
      if (hasStarted) return;
      hasStarted = true;
      for (const message of unacknowledged.values()) {
        message.sentAt = now();
        send(message.frame);
      }
    },
  };
}
