import type { PayloadType } from '../protocol/payload-type.ts';

/** A message to be sent. The channel adds number, identifier and digest. */
export interface OutgoingMessage {
  readonly payloadType: PayloadType;
  readonly payload: Buffer;
}

/**
 * Payload bytes of a full Output message, before encryption: the same as in the public implementations.
 * The service is reported to close the channel when a payload is larger.
 */
export const OUTPUT_PAYLOAD_BYTES = 1024;
