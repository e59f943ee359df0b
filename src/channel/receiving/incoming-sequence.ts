import { exactCopy } from '../../lib/exact-copy.ts';

/** Messages buffered while an earlier one is missing: as many as in the public client. */
const BUFFERED_MESSAGES_LIMIT = 10_000;

/**
 * Their payload bytes: 10 000 payloads of 1024 bytes, the most that agents send
 * (docs/design/protocol.md#payload-types), with room for encryption. A payload may be as long as a
 * frame allows.
 */
export const BUFFERED_BYTES_LIMIT = 16 * 1024 * 1024;

/** The result of receiving a message. */
export type Reception =
  /** It was delivered, and buffered ones after it as well, if there are any: acknowledge. */
  | 'delivered'
  /** It waits for an earlier one: acknowledge. */
  | 'buffered'
  /** It was received before, and its acknowledgement was lost: acknowledge again. */
  | 'repeated'
  /** No room or no consumer yet: do not acknowledge, then the peer sends it again. */
  | 'refused';

/** Sorts the messages of one direction (docs/design/protocol.md#sequence). */
export interface IncomingSequence {
  receive(sequenceNumber: number, payloadType: number, payload: Buffer): Reception;
  /** Delivers the buffered messages that are next in order, after the consumer has become ready. */
  deliverWaiting(): void;
}

interface Waiting {
  readonly payloadType: number;
  readonly payload: Buffer;
}

/**
 * @param deliver - delivers the next payload in order; false when no consumer is ready
 * @param limit - how many messages may wait for an earlier one
 */
export function createIncomingSequence(
  deliver: (payloadType: number, payload: Buffer) => boolean,
  limit = BUFFERED_MESSAGES_LIMIT,
): IncomingSequence {
  let expected = 0;
  const waiting = new Map<number, Waiting>();
  let waitingBytes = 0;

  const deliverWaiting = (): void => {
    let next = waiting.get(expected);
    while (next !== undefined && deliver(next.payloadType, next.payload)) {
      waiting.delete(expected);
      waitingBytes -= next.payload.length;
      expected++;
      next = waiting.get(expected);
    }
  };
  return {
    receive(sequenceNumber, payloadType, payload) {
      if (sequenceNumber < expected || waiting.has(sequenceNumber)) return 'repeated';
      if (sequenceNumber > expected) {
        const bytes = payload.length;
        if (waiting.size >= limit || waitingBytes + bytes > BUFFERED_BYTES_LIMIT) return 'refused';
        waitingBytes += bytes;
        waiting.set(sequenceNumber, { payloadType, payload: exactCopy(payload) });
        return 'buffered';
      }
      if (!deliver(payloadType, payload)) return 'refused';
      expected++;
      if (waiting.size > 0) deliverWaiting();
      return 'delivered';
    },
    deliverWaiting,
  };
}
