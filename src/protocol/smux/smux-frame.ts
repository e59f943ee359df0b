/** The commands of smux frames (docs/design/protocol.md#smux). */
export const SmuxCommand = {
  /** Opens a stream. */
  Syn: 0,
  /** The sender closes the stream. */
  Fin: 1,
  /** Data of a stream. */
  Push: 2,
  /** Keep-alive: stream 0, no data. */
  Nop: 3,
} as const;

/** A smux command. Version 1 has no others. */
export type SmuxCommand = (typeof SmuxCommand)[keyof typeof SmuxCommand];

/** One smux frame. A payload may hold several frames, and a frame may span many payloads. */
export interface SmuxFrame {
  readonly command: SmuxCommand;
  /** Unsigned 32 bits. Streams of the client have odd numbers from {@link FIRST_STREAM_ID} on. */
  readonly streamId: number;
  readonly data: Buffer;
}

export const SMUX_VERSION = 1;
/** Version u8, command u8, length u16, stream id u32, little-endian. */
export const SMUX_HEADER_BYTES = 8;
export const SMUX_LENGTH_OFFSET = 2;
export const SMUX_STREAM_ID_OFFSET = 4;
/** The public client counts up by 2 from 1 before it opens its first stream. */
export const FIRST_STREAM_ID = 3;
/** From one stream of the client to its next. */
export const STREAM_ID_STEP = 2;

/**
 * Writes the 8 bytes before the data of a frame.
 *
 * @param length - bytes of data that follow; the field is 16 bits wide, public implementations send at most 32768
 * @returns the offset after the header
 * @throws RangeError when a number does not fit its field or the header does not fit the target
 */
export function writeSmuxHeader(
  target: Buffer,
  offset: number,
  command: SmuxCommand,
  streamId: number,
  length: number,
): number {
  target.writeUInt8(SMUX_VERSION, offset);
  target.writeUInt8(command, offset + 1);
  target.writeUInt16LE(length, offset + SMUX_LENGTH_OFFSET);
  return target.writeUInt32LE(streamId, offset + SMUX_STREAM_ID_OFFSET);
}
