/**
 * Bytes of a file in one unit of a request: base64 makes 64 KiB of it, without padding, which the agent
 * sends as 64 messages (docs/design/agent.md#commands).
 */
export const UNIT_BYTES = 48 * 1024;

/**
 * Units of the largest request, 256 KiB of base64. Smaller ones cost the target more processes for each
 * byte, larger ones lose more when the command stops in the middle of one.
 */
export const MAX_UNITS = 4;

/** Payload bytes of one message of the agent. */
const AGENT_MESSAGE_BYTES = 1024;

/** How the target writes a block before base64. */
export type BlockEncoding = 'plain' | 'gzip';

/** One request for a part of the source. */
export interface BlockRequest {
  readonly encoding: BlockEncoding;
  /** Units before the part. A pipe ignores it: its parts come in order. */
  readonly skip: number;
  readonly units: number;
}

/** Bytes of base64 that units of a source become, without line breaks. */
export function encodedBytes(units: number): number {
  return (units * UNIT_BYTES * 4) / 3;
}

/** Messages of the agent that carry units of a source, and the end of their block. */
export function messagesOf(units: number): number {
  return encodedBytes(units) / AGENT_MESSAGE_BYTES + 1;
}

const LETTERS: Readonly<Record<BlockEncoding, string>> = { plain: 'b', gzip: 'z' };

/** A request as the loop on the target reads it (`answer-scripts.ts`), without a line feed. */
export function requestLine({ encoding, skip, units }: BlockRequest): string {
  return `${LETTERS[encoding]} ${skip} ${units}`;
}
