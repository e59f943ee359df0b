import { hash } from 'node:crypto';
import { ProtocolError } from './protocol-error.ts';

/**
 * The binary frame of all messages between client, service and agent (docs/design/protocol.md#frames).
 * All integers are big-endian. The frame has 120 bytes before the payload.
 */
export interface ClientMessage {
  readonly messageType: string;
  readonly sequenceNumber: number;
  /** Bit 0 SYN, bit 1 FIN. */
  readonly flags: number;
  /** 16 bytes in wire order, see `message-id.ts`. */
  readonly messageId: Buffer;
  /** Milliseconds since the epoch. */
  readonly createdDate: number;
  /** One of `PayloadType`, or a number this client does not know. */
  readonly payloadType: number;
  readonly payload: Buffer;
}

/** The known message types. */
export const MessageType = {
  InputStreamData: 'input_stream_data',
  OutputStreamData: 'output_stream_data',
  Acknowledge: 'acknowledge',
  ChannelClosed: 'channel_closed',
  StartPublication: 'start_publication',
  PausePublication: 'pause_publication',
} as const;

/** HeaderLength counts every byte up to, not including, PayloadLength. */
const HEADER_LENGTH = 116;
const PAYLOAD_LENGTH_BYTES = 4;
/** Bytes before the payload. */
export const FRAME_OVERHEAD_BYTES = HEADER_LENGTH + PAYLOAD_LENGTH_BYTES;

const MESSAGE_TYPE_OFFSET = 4;
const MESSAGE_TYPE_BYTES = 32;
const SCHEMA_VERSION_OFFSET = 36;
const SCHEMA_VERSION = 1;
const CREATED_DATE_OFFSET = 40;
const SEQUENCE_NUMBER_OFFSET = 48;
const FLAGS_OFFSET = 56;
const MESSAGE_ID_OFFSET = 64;
const MESSAGE_ID_BYTES = 16;
const DIGEST_OFFSET = 80;
const DIGEST_BYTES = 32;
const PAYLOAD_TYPE_OFFSET = 112;
const PAYLOAD_LENGTH_OFFSET = 116;

const UINT32_RANGE = 0x1_0000_0000;
const EMPTY = Buffer.alloc(0);

/** Type names as in a frame, padded with spaces. There are only a few. */
const paddedMessageTypes = new Map<string, Buffer>();

function paddedMessageType(messageType: string): Buffer {
  let padded = paddedMessageTypes.get(messageType);
  if (padded === undefined) {
    padded = Buffer.from(messageType.padEnd(MESSAGE_TYPE_BYTES, ' '), 'latin1');
    paddedMessageTypes.set(messageType, padded);
  }
  return padded;
}

/**
 * SHA-256 of a payload, one character for each byte. Every message in both directions needs a digest,
 * and a short string costs half as much as a Buffer.
 */
function digestOf(payload: Buffer): string {
  return hash('sha256', payload, 'binary');
}

function writeUint64(frame: Buffer, value: number, offset: number): void {
  frame.writeUInt32BE(Math.floor(value / UINT32_RANGE), offset);
  frame.writeUInt32BE(value % UINT32_RANGE, offset + 4);
}

function readInt64(frame: Buffer, offset: number, field: string): number {
  const value = frame.readInt32BE(offset) * UINT32_RANGE + frame.readUInt32BE(offset + 4);
  if (!Number.isSafeInteger(value)) {
    throw new ProtocolError('number-out-of-range', `${field} is beyond 2^53`);
  }
  return value;
}

/**
 * Writes a message as one binary frame of 120 + payload bytes.
 *
 * @param message - sequence number, flags and created date are non-negative safe integers, the
 *   message id 16 bytes
 * @param allocate - memory of exactly that many bytes, with any content
 */
export function encodeClientMessage(
  message: ClientMessage,
  allocate: (bytes: number) => Buffer = (bytes) => Buffer.allocUnsafe(bytes),
): Buffer {
  const { payload } = message;
  const frame = allocate(FRAME_OVERHEAD_BYTES + payload.length);
  frame.writeUInt32BE(HEADER_LENGTH, 0);
  paddedMessageType(message.messageType).copy(frame, MESSAGE_TYPE_OFFSET, 0, MESSAGE_TYPE_BYTES);
  frame.writeUInt32BE(SCHEMA_VERSION, SCHEMA_VERSION_OFFSET);
  writeUint64(frame, message.createdDate, CREATED_DATE_OFFSET);
  writeUint64(frame, message.sequenceNumber, SEQUENCE_NUMBER_OFFSET);
  writeUint64(frame, message.flags, FLAGS_OFFSET);
  message.messageId.copy(frame, MESSAGE_ID_OFFSET, 0, MESSAGE_ID_BYTES);
  frame.write(digestOf(payload), DIGEST_OFFSET, 'latin1');
  frame.writeUInt32BE(message.payloadType, PAYLOAD_TYPE_OFFSET);
  frame.writeUInt32BE(payload.length, PAYLOAD_LENGTH_OFFSET);
  payload.copy(frame, FRAME_OVERHEAD_BYTES);
  return frame;
}

/** The known types by their padded names. */
const knownMessageTypes = new Map<string, string>(
  Object.values(MessageType).map((name) => [name.padEnd(MESSAGE_TYPE_BYTES, ' '), name]),
);

function readMessageType(frame: Buffer): string {
  const text = frame.toString(
    'latin1',
    MESSAGE_TYPE_OFFSET,
    MESSAGE_TYPE_OFFSET + MESSAGE_TYPE_BYTES,
  );
  // NUL and ASCII white space at both ends are padding.
  return knownMessageTypes.get(text) ?? text.replace(/^[\0\t-\r ]+|[\0\t-\r ]+$/g, '');
}

/** Start and pause publication may have an almost empty header: only their type counts. */
function isPublicationMessage(messageType: string): boolean {
  return (
    messageType === MessageType.StartPublication || messageType === MessageType.PausePublication
  );
}

/**
 * Reads one binary frame. The payload is a view of the frame, not a copy.
 *
 * @throws ProtocolError when the length of the frame differs from its header, or HeaderLength is not
 *   116: a payload keeps its frame in memory, so the frame must hold nothing else. Also when MessageType
 *   is empty, CreatedDate is 0, or a non-empty payload does not match its digest. The caller drops such
 *   a frame and continues.
 */
export function decodeClientMessage(frame: Buffer): ClientMessage {
  if (frame.length < MESSAGE_TYPE_OFFSET + MESSAGE_TYPE_BYTES) {
    throw new ProtocolError('frame-truncated', `frame of ${frame.length} bytes has no header`);
  }
  const messageType = readMessageType(frame);
  if (messageType === '') {
    throw new ProtocolError('message-type-empty', 'message type is empty');
  }
  if (isPublicationMessage(messageType)) {
    return {
      messageType,
      sequenceNumber: 0,
      flags: 0,
      messageId: EMPTY,
      createdDate: 0,
      payloadType: 0,
      payload: EMPTY,
    };
  }
  const headerLength = frame.readUInt32BE(0);
  if (headerLength !== HEADER_LENGTH) {
    throw new ProtocolError('header-length', `header length ${headerLength}`);
  }
  if (frame.length < FRAME_OVERHEAD_BYTES) {
    throw new ProtocolError('frame-truncated', `frame of ${frame.length} bytes`);
  }
  const payloadLength = frame.readUInt32BE(PAYLOAD_LENGTH_OFFSET);
  const frameLength = FRAME_OVERHEAD_BYTES + payloadLength;
  if (frame.length !== frameLength) {
    throw new ProtocolError(
      frame.length < frameLength ? 'frame-truncated' : 'frame-trailing',
      `frame of ${frame.length} bytes with a payload of ${payloadLength}`,
    );
  }
  const createdDate = readInt64(frame, CREATED_DATE_OFFSET, 'created date');
  if (createdDate === 0) {
    throw new ProtocolError('created-date-zero', 'created date is 0');
  }
  const payload = frame.subarray(FRAME_OVERHEAD_BYTES);
  if (
    payloadLength > 0 &&
    digestOf(payload) !== frame.toString('latin1', DIGEST_OFFSET, DIGEST_OFFSET + DIGEST_BYTES)
  ) {
    throw new ProtocolError(
      'digest-mismatch',
      `payload of ${payloadLength} bytes has another digest`,
    );
  }
  return {
    messageType,
    sequenceNumber: readInt64(frame, SEQUENCE_NUMBER_OFFSET, 'sequence number'),
    flags: readInt64(frame, FLAGS_OFFSET, 'flags'),
    messageId: frame.subarray(MESSAGE_ID_OFFSET, MESSAGE_ID_OFFSET + MESSAGE_ID_BYTES),
    createdDate,
    payloadType: frame.readUInt32BE(PAYLOAD_TYPE_OFFSET),
    payload,
  };
}
