import {
  FRAME_HEADER_BYTES,
  FrameType,
  MAX_TEXT_BYTES,
  RELAY_NONCE_BYTES,
  RELAY_VERSION,
  RESET_CODES,
  StreamKind,
  type ResetCode,
  type StreamKindName,
} from './frames.ts';

/** The destination of a stream on the target. */
export interface RelayDestination {
  readonly kind: StreamKindName;
  /** Host name or address; for `unix` a path. At most {@link MAX_TEXT_BYTES} bytes. */
  readonly address: string;
  /** 0 for `unix`, and for a listener that may take any. */
  readonly port: number;
}

function frame(type: number, id: number, length: number): Buffer {
  const bytes = Buffer.allocUnsafe(FRAME_HEADER_BYTES + length);
  bytes.writeUInt8(type, 0);
  bytes.writeUInt8(0, 1);
  bytes.writeUInt16BE(length, 2);
  bytes.writeUInt32BE(id, 4);
  return bytes;
}

/** @param nonce - {@link RELAY_NONCE_BYTES} random bytes; @param credit - bytes of DATA that the relay may send */
export function helloFrame(nonce: Buffer, credit: number): Buffer {
  const bytes = frame(FrameType.Hello, 0, 6 + RELAY_NONCE_BYTES);
  bytes.writeUInt8(RELAY_VERSION, 8);
  bytes.writeUInt8(0, 9);
  nonce.copy(bytes, 10);
  bytes.writeUInt32BE(credit, 10 + RELAY_NONCE_BYTES);
  return bytes;
}

/**
 * @param window - bytes of DATA that the relay may send on this stream
 * @throws RangeError for an address that does not fit
 */
export function openFrame(id: number, window: number, destination: RelayDestination): Buffer {
  const address = Buffer.from(destination.address);
  if (address.length === 0 || address.length > MAX_TEXT_BYTES) {
    throw new RangeError(`an address of ${address.length} bytes`);
  }
  const bytes = frame(FrameType.Open, id, 7 + address.length);
  bytes.writeUInt8(StreamKind[destination.kind], 8);
  bytes.writeUInt32BE(window, 9);
  bytes.writeUInt16BE(destination.port, 13);
  address.copy(bytes, 15);
  return bytes;
}

/** The answer to ACCEPT. */
export function openedFrame(id: number, window: number): Buffer {
  const bytes = frame(FrameType.Opened, id, 6);
  bytes.writeUInt32BE(window, 8);
  bytes.writeUInt16BE(0, 12);
  return bytes;
}

/** The header of a DATA frame; its bytes follow. */
export function dataHeader(id: number, length: number): Buffer {
  return frame(FrameType.Data, id, length).subarray(0, FRAME_HEADER_BYTES);
}

/** @param id - of a stream, or 0 for the credit of all */
export function windowFrame(id: number, bytes: number): Buffer {
  const written = frame(FrameType.Window, id, 4);
  written.writeUInt32BE(bytes, 8);
  return written;
}

export function endFrame(id: number): Buffer {
  return frame(FrameType.End, id, 0);
}

export function resetFrame(id: number, code: ResetCode): Buffer {
  const bytes = frame(FrameType.Reset, id, 1);
  bytes.writeUInt8(RESET_CODES[code], 8);
  return bytes;
}

/** @param token - PING_BYTES bytes, which the answer repeats */
export function pingFrame(token: Buffer): Buffer {
  return Buffer.concat([
    frame(FrameType.Ping, 0, token.length).subarray(0, FRAME_HEADER_BYTES),
    token,
  ]);
}
