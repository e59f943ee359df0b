const UUID_BYTES = 16;
const HALF = UUID_BYTES / 2;

/**
 * Formats a message identifier. It is a UUID whose halves are swapped in a frame: first bytes 8–15 of
 * the UUID, then bytes 0–7 (docs/design/protocol.md#frames).
 *
 * @param wire - the 16 bytes of the frame
 * @returns the UUID in its usual text form, 36 lower-case characters
 */
export function formatMessageId(wire: Buffer): string {
  const low = wire.toString('hex', 0, HALF);
  const high = wire.toString('hex', HALF, UUID_BYTES);
  return `${high.slice(0, 8)}-${high.slice(8, 12)}-${high.slice(12, 16)}-${low.slice(0, 4)}-${low.slice(4, 16)}`;
}

/**
 * Makes the identifier of a new message from random bytes: a version 4 UUID (RFC 9562, section 5.4)
 * in wire order.
 *
 * @param random - 16 random bytes, which become the identifier in place
 * @returns the same 16 bytes
 */
export function messageIdFromRandom(random: Buffer): Buffer {
  // Bytes 8 (variant) and 6 (version) of the UUID are bytes 0 and 14 of the frame.
  random[0] = ((random[0] ?? 0) & 0x3f) | 0x80;
  random[14] = ((random[14] ?? 0) & 0x0f) | 0x40;
  return random;
}
