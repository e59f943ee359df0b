import { ProtocolError } from '../../protocol/protocol-error.ts';
import {
  FRAME_HEADER_BYTES,
  FrameType,
  MAX_DATA_BYTES,
  MAX_TEXT_BYTES,
  PING_BYTES,
  RELAY_NONCE_BYTES,
  RESET_CODES,
  type RelayFrame,
  type ResetCode,
} from './frames.ts';

const HELLO_FIXED_BYTES = 4 + RELAY_NONCE_BYTES;

const CODES: ReadonlyMap<number, ResetCode> = new Map(
  Object.entries(RESET_CODES).flatMap(([name, code]) =>
    isResetCode(name) ? [[code, name] as const] : [],
  ),
);

function isResetCode(name: string): name is ResetCode {
  return Object.hasOwn(RESET_CODES, name);
}

/** Least and most bytes of the payload of each frame of the relay. */
const LENGTHS: ReadonlyMap<number, readonly [number, number]> = new Map([
  [FrameType.Hello, [HELLO_FIXED_BYTES + 1, MAX_TEXT_BYTES]],
  [FrameType.Accept, [8, 8 + MAX_TEXT_BYTES]],
  [FrameType.Opened, [6, 6]],
  [FrameType.Data, [0, MAX_DATA_BYTES]],
  [FrameType.Window, [4, 4]],
  [FrameType.End, [0, 0]],
  [FrameType.Reset, [1, 1 + MAX_TEXT_BYTES]],
  [FrameType.Pong, [PING_BYTES, PING_BYTES]],
]);

/**
 * Reads the frames of a line of the relay. Their bytes share the memory of the line.
 *
 * @param bytes - whole frames
 * @throws ProtocolError for anything else: then no frame of the line may be used
 */
export function readFrames(bytes: Buffer): readonly RelayFrame[] {
  const frames: RelayFrame[] = [];
  for (let at = 0; at < bytes.length;) {
    if (bytes.length - at < FRAME_HEADER_BYTES) throw malformed('a header is cut');
    const type = bytes.readUInt8(at);
    const flags = bytes.readUInt8(at + 1);
    const length = bytes.readUInt16BE(at + 2);
    const id = bytes.readUInt32BE(at + 4);
    const limits = LENGTHS.get(type);
    if (limits === undefined) throw malformed(`type ${type}`);
    if (flags !== 0) throw malformed(`flags ${flags}`);
    if (length < limits[0] || length > limits[1])
      throw malformed(`${length} bytes in type ${type}`);
    const start = at + FRAME_HEADER_BYTES;
    at = start + length;
    if (at > bytes.length) throw malformed('a frame is cut');
    frames.push(readFrame(type, id, bytes.subarray(start, at)));
  }
  if (frames.length === 0) throw malformed('a line without a frame');
  return frames;
}

function readFrame(type: number, id: number, payload: Buffer): RelayFrame {
  switch (type) {
    case FrameType.Hello:
      requireTunnel(id);
      return {
        type: 'hello',
        version: payload.readUInt8(0),
        nonce: payload.subarray(2, 2 + RELAY_NONCE_BYTES),
        maxStreams: payload.readUInt16BE(2 + RELAY_NONCE_BYTES),
        name: payload.toString('utf8', HELLO_FIXED_BYTES).trim(),
      };
    case FrameType.Accept:
      return {
        type: 'accept',
        id: requireStream(id),
        listener: payload.readUInt32BE(0),
        window: payload.readUInt32BE(4),
        peer: payload.toString('utf8', 8),
      };
    case FrameType.Opened:
      return {
        type: 'opened',
        id: requireStream(id),
        window: payload.readUInt32BE(0),
        port: payload.readUInt16BE(4),
      };
    case FrameType.Data:
      return { type: 'data', id: requireStream(id), bytes: payload };
    case FrameType.Window:
      return { type: 'window', id: requireStream(id), bytes: payload.readUInt32BE(0) };
    case FrameType.End:
      return { type: 'end', id: requireStream(id) };
    case FrameType.Reset: {
      const code = CODES.get(payload.readUInt8(0));
      if (code === undefined) throw malformed('an unknown code');
      return { type: 'reset', id, code, text: payload.toString('utf8', 1) };
    }
    default:
      requireTunnel(id);
      return { type: 'pong', token: payload };
  }
}

function requireStream(id: number): number {
  if (id === 0) throw malformed('a frame of a stream for the tunnel');
  return id;
}

function requireTunnel(id: number): void {
  if (id !== 0) throw malformed('a frame of the tunnel for a stream');
}

/** @param what - names the rule and numbers, never the contents of a payload */
export function malformed(what: string): ProtocolError {
  return new ProtocolError('relay', `relay: ${what}`);
}
