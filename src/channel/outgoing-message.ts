import type { PayloadType } from '../protocol/payload-type.ts';

/** A message a session wants sent; the channel adds numbers, identifiers and digests. */
export interface OutgoingMessage {
  readonly payloadType: PayloadType;
  readonly payload: Buffer;
}

/**
 * Payload bytes of a full Output message, before encryption: what the public implementations send.
 * Larger ones are reported to make the service close the channel.
 */
export const OUTPUT_PAYLOAD_BYTES = 1024;
