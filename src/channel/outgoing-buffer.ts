/** A stream message on its way: numbered, encoded, and kept until it is acknowledged. */
export interface SentMessage {
  readonly sequenceNumber: number;
  readonly frame: Buffer;
  readonly payloadBytes: number;
  /** How often it was handed to a socket. */
  transmissions: number;
  /** How often it was sent again on the present connection. */
  resends: number;
  /** Monotonic milliseconds of the last transmission. */
  sentAt: number;
  /** Counts transmissions of the whole channel: a later one has a higher number. This is the last. */
  order: number;
  /** The same of its first transmission. */
  firstOrder: number;
  /** It waits to be handed to a socket (again). */
  queued: boolean;
}

/**
 * Everything sent and not acknowledged. Nothing ever leaves it but by an acknowledgement; it is
 * bounded because the channel pulls no new message while the window is full.
 */
export interface OutgoingBuffer {
  add(message: SentMessage): void;
  /** Takes out an acknowledged message; undefined when it is unknown or was acknowledged before. */
  acknowledge(sequenceNumber: number): SentMessage | undefined;
  /** The unacknowledged message with the lowest number. */
  oldest(): SentMessage | undefined;
  /** All, lowest number first. */
  all(): Iterable<SentMessage>;
  /** Payload bytes in it. */
  readonly bytes: number;
  /** Messages in it. */
  readonly size: number;
}

/** An empty buffer. */
export function createOutgoingBuffer(): OutgoingBuffer {
  // A Map keeps the order of insertion, which is the order of the numbers.
  const messages = new Map<number, SentMessage>();
  let bytes = 0;
  return {
    add(message) {
      messages.set(message.sequenceNumber, message);
      bytes += message.payloadBytes;
    },
    acknowledge(sequenceNumber) {
      const message = messages.get(sequenceNumber);
      if (message === undefined) return undefined;
      messages.delete(sequenceNumber);
      bytes -= message.payloadBytes;
      return message;
    },
    oldest: () => messages.values().next().value,
    all: () => messages.values(),
    get bytes() {
      return bytes;
    },
    get size() {
      return messages.size;
    },
  };
}
