import {
  SMUX_HEADER_BYTES,
  writeSmuxHeader,
  type SmuxFrame,
} from '../../../src/protocol/smux/smux-frame.ts';

/** The length of a frame is 16 bits wide. */
export const SMUX_DATA_LIMIT_BYTES = 65_535;

/**
 * A whole frame.
 *
 * @throws RangeError when the data is longer than {@link SMUX_DATA_LIMIT_BYTES}
 */
export function encodeSmuxFrame({ command, streamId, data }: SmuxFrame): Buffer {
  const header = Buffer.alloc(SMUX_HEADER_BYTES);
  writeSmuxHeader(header, 0, command, streamId, data.length);
  return Buffer.concat([header, data]);
}
