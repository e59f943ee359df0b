import { exactCopy } from '../lib/exact-copy.ts';

/** Messages kept for later while an earlier one is missing: what the public client keeps. */
const BUFFERED_MESSAGES_LIMIT = 10_000;

/**
 * Payload bytes of them: 10 000 payloads of 1024 bytes, what agents send at most
 * (docs/design/protocol.md#payload-types), with room for encryption. A payload may be of any length
 * up to that of a frame.
 */
export const BUFFERED_BYTES_LIMIT = 16 * 1024 * 1024;

/** What became of a received message. */
export type Reception =
  /** It was taken, and perhaps some that had waited behind it: acknowledge. */
  | 'delivered'
  /** It waits for an earlier one: acknowledge. */
  | 'buffered'
  /** It was seen before, its acknowledgement got lost: acknowledge again. */
  | 'repeated'
  /** No room or no consumer yet: stay silent, the peer sends it again. */
  | 'refused';

/** Puts the messages of one direction in order (docs/design/protocol.md#sequence). */
export interface IncomingSequence {
  receive(sequenceNumber: number, payloadType: number, payload: Buffer): Reception;
  /** Offers again what waits and is next in order, after the consumer has become ready. */
  deliverWaiting(): void;
}

interface Waiting {
  readonly payloadType: number;
  readonly payload: Buffer;
}

/**
 * @param deliver - takes the next payload in order; false when no consumer is ready
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
