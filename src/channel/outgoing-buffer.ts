/** A numbered and encoded stream message, kept until it is acknowledged. */
export interface SentMessage {
  readonly sequenceNumber: number;
  readonly frame: Buffer;
  readonly payloadBytes: number;
  /** `queued`: waits to be passed to a socket, for the first time or again. */
  state: 'queued' | 'in-flight' | 'acknowledged';
  /** How often it was passed to a socket. */
  transmissions: number;
  /** How often it was sent again on the present connection. */
  resends: number;
  /** Monotonic milliseconds of the last transmission. */
  sentAt: number;
  /** Number of its last transmission, counted over all messages; -1 before the first. */
  order: number;
  /** Number of its first transmission; -1 before it. */
  firstOrder: number;
}

/**
 * Every message that was numbered and is not acknowledged. Only an acknowledgement removes a message.
 * The buffer is bounded because the channel pulls no new message while the window is full.
 */
export interface OutgoingBuffer {
  add(message: SentMessage): void;
  /** Removes an acknowledged message; undefined when it is unknown or was acknowledged before. */
  acknowledge(sequenceNumber: number): SentMessage | undefined;
  /** The unacknowledged message with the lowest number. */
  oldest(): SentMessage | undefined;
  /** All messages, lowest number first. */
  all(): Iterable<SentMessage>;
  /** Payload bytes of all messages. */
  readonly bytes: number;
  /** Number of messages. */
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
      message.state = 'acknowledged';
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
