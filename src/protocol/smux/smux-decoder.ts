import { ProtocolError } from '../protocol-error.ts';
import {
  SMUX_HEADER_BYTES,
  SMUX_LENGTH_OFFSET,
  SMUX_STREAM_ID_OFFSET,
  SMUX_VERSION,
  SmuxCommand,
  type SmuxFrame,
} from './smux-frame.ts';

/** Reads smux frames from a byte stream that arrives in pieces of any size. */
export interface SmuxDecoder {
  /**
   * Decodes the next bytes and passes their frames on.
   *
   * A Push frame is passed on in the parts in which it arrives, each as a frame that shares the memory
   * of `bytes`: in a stream only the order of the bytes counts, and so a frame of 32 KiB need not be
   * assembled from 32 payloads. Every other frame, and a Push frame without data, is passed on once and
   * without data; bytes after its header are skipped.
   *
   * @throws ProtocolError `smux-version` or `smux-command`. The frames before the malformed header have
   *   been passed on. Each further call throws the same
   */
  push(bytes: Buffer, onFrame: (frame: SmuxFrame) => void): void;
}

const EMPTY = Buffer.alloc(0);

/** A decoder at the start of a stream. */
export function createSmuxDecoder(): SmuxDecoder {
  /** An incomplete header, and how many bytes of it have arrived. */
  const partial = Buffer.alloc(SMUX_HEADER_BYTES);
  let partialBytes = 0;
  let command: SmuxCommand = SmuxCommand.Nop;
  let streamId = 0;
  /** Bytes of the current frame that have not arrived yet. */
  let remaining = 0;
  let failure: ProtocolError | undefined;

  const fail = (error: ProtocolError): never => {
    failure = error;
    throw error;
  };

  const readHeader = (bytes: Buffer, offset: number): void => {
    const version = bytes[offset] ?? 0;
    if (version !== SMUX_VERSION)
      fail(new ProtocolError('smux-version', `smux version ${version}`));
    command = commandOf(bytes[offset + 1] ?? 0) ?? unknownCommand(bytes[offset + 1] ?? 0);
    remaining = bytes.readUInt16LE(offset + SMUX_LENGTH_OFFSET);
    streamId = bytes.readUInt32LE(offset + SMUX_STREAM_ID_OFFSET);
  };
  const unknownCommand = (value: number): never =>
    fail(new ProtocolError('smux-command', `smux command ${value}`));

  return {
    push(bytes, onFrame) {
      if (failure !== undefined) throw failure;
      let offset = 0;
      while (offset < bytes.length) {
        if (remaining > 0) {
          const end = Math.min(offset + remaining, bytes.length);
          remaining -= end - offset;
          if (command === SmuxCommand.Push) {
            onFrame({ command, streamId, data: bytes.subarray(offset, end) });
          }
          offset = end;
          continue;
        }
        if (partialBytes === 0 && bytes.length - offset >= SMUX_HEADER_BYTES) {
          readHeader(bytes, offset);
          offset += SMUX_HEADER_BYTES;
        } else {
          const copied = bytes.copy(partial, partialBytes, offset);
          partialBytes += copied;
          offset += copied;
          if (partialBytes < SMUX_HEADER_BYTES) return;
          partialBytes = 0;
          readHeader(partial, 0);
        }
        if (command !== SmuxCommand.Push || remaining === 0) {
          onFrame({ command, streamId, data: EMPTY });
        }
      }
    },
  };
}

function commandOf(value: number): SmuxCommand | undefined {
  switch (value) {
    case SmuxCommand.Syn:
    case SmuxCommand.Fin:
    case SmuxCommand.Push:
    case SmuxCommand.Nop:
      return value;
    default:
      return undefined;
  }
}
