import { createHash } from 'node:crypto';

/**
 * A second codec of the client message, for comparison: field after field as the table lists them
 * (docs/design/protocol.md#frames), whole 64-bit numbers, no shortcuts.
 */
export interface NaiveMessage {
  readonly headerLength: number;
  readonly messageType: string;
  readonly schemaVersion: number;
  readonly createdDate: bigint;
  readonly sequenceNumber: bigint;
  readonly flags: bigint;
  /** The UUID as text. */
  readonly messageId: string;
  readonly payloadType: number;
  readonly payload: Uint8Array;
}

const HEADER_LENGTH = 116;

function sha256(data: Uint8Array): Uint8Array {
  return createHash('sha256').update(data).digest();
}

function uuidBytes(uuid: string): number[] {
  return (uuid.replaceAll('-', '').match(/../g) ?? []).map((byte) => parseInt(byte, 16));
}

function uuidText(bytes: readonly number[]): string {
  const hex = bytes.map((byte) => byte.toString(16).padStart(2, '0'));
  return [
    hex.slice(0, 4).join(''),
    hex.slice(4, 6).join(''),
    hex.slice(6, 8).join(''),
    hex.slice(8, 10).join(''),
    hex.slice(10, 16).join(''),
  ].join('-');
}

export function naiveEncode(message: NaiveMessage): Uint8Array {
  const frame = new Uint8Array(message.headerLength + 4 + message.payload.length);
  const view = new DataView(frame.buffer);
  view.setUint32(0, message.headerLength);
  for (let i = 0; i < 32; i++) {
    view.setUint8(4 + i, i < message.messageType.length ? message.messageType.charCodeAt(i) : 0x20);
  }
  view.setUint32(36, message.schemaVersion);
  view.setBigInt64(40, message.createdDate);
  view.setBigInt64(48, message.sequenceNumber);
  view.setBigInt64(56, message.flags);
  const uuid = uuidBytes(message.messageId);
  frame.set(uuid.slice(8, 16), 64);
  frame.set(uuid.slice(0, 8), 72);
  frame.set(sha256(message.payload), 80);
  view.setUint32(112, message.payloadType);
  view.setUint32(message.headerLength, message.payload.length);
  frame.set(message.payload, message.headerLength + 4);
  return frame;
}

/** @returns the message, or the rule that the frame breaks */
export function naiveDecode(received: Uint8Array): NaiveMessage | string {
  const frame = Uint8Array.from(received);
  if (frame.length < HEADER_LENGTH + 4) return 'shorter than any header';
  const view = new DataView(frame.buffer);
  const headerLength = view.getUint32(0);
  if (headerLength !== HEADER_LENGTH) return 'header length is not 116';
  const payloadLength = view.getUint32(headerLength);
  const payload = frame.slice(headerLength + 4, headerLength + 4 + payloadLength);
  if (payload.length < payloadLength) return 'shorter than its payload length says';
  if (frame.length > HEADER_LENGTH + 4 + payloadLength)
    return 'longer than its payload length says';
  let first = 4;
  let last = 36;
  const isPadding = (offset: number): boolean =>
    [0, 9, 10, 11, 12, 13, 32].includes(frame[offset] ?? 0);
  while (first < last && isPadding(first)) first++;
  while (last > first && isPadding(last - 1)) last--;
  if (first === last) return 'message type is empty';
  const createdDate = view.getBigInt64(40);
  if (createdDate === 0n) return 'created date is 0';
  if (payloadLength > 0) {
    const digest = sha256(payload);
    if (digest.some((byte, i) => frame[80 + i] !== byte)) return 'another digest';
  }
  return {
    headerLength,
    messageType: String.fromCharCode(...frame.slice(first, last)),
    schemaVersion: view.getUint32(36),
    createdDate,
    sequenceNumber: view.getBigInt64(48),
    flags: view.getBigInt64(56),
    messageId: uuidText([...frame.slice(72, 80), ...frame.slice(64, 72)]),
    payloadType: view.getUint32(112),
    payload,
  };
}
