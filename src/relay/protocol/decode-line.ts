import { inflateSync } from 'node:zlib';
import { malformed } from './read-frames.ts';

/** Bytes of frames in one line of the relay, also after it is decompressed. */
const RELAY_LINE_BYTES = 64 * 1024;
/** Characters of a line: its encoding, and base64 of {@link RELAY_LINE_BYTES}. */
export const MAX_LINE_CHARACTERS = 1 + Math.ceil(RELAY_LINE_BYTES / 3) * 4;

const PLAIN = 'b'.charCodeAt(0);
const COMPRESSED = 'z'.charCodeAt(0);
const PADDING = '='.charCodeAt(0);

/**
 * Decodes a line of the relay, without its line feed (docs/design/relay.md#lines).
 *
 * @returns whole frames
 * @throws ProtocolError
 */
export function decodeLine(line: Buffer): Buffer {
  if (line.length > MAX_LINE_CHARACTERS) throw malformed('a line is too long');
  const bytes = decodeBase64(line.subarray(1));
  switch (line[0]) {
    case PLAIN:
      return bytes;
    case COMPRESSED:
      return inflate(bytes);
    default:
      throw malformed('a line of an unknown encoding');
  }
}

/** Node.js skips characters that are not base64: only the length shows that. */
function decodeBase64(text: Buffer): Buffer {
  const padding = text.at(-1) !== PADDING ? 0 : text.at(-2) !== PADDING ? 1 : 2;
  const bytes = Buffer.from(text.toString('latin1'), 'base64');
  if (text.length % 4 !== 0 || bytes.length !== (text.length / 4) * 3 - padding) {
    throw malformed('a line that is no base64');
  }
  return bytes;
}

function inflate(bytes: Buffer): Buffer {
  try {
    return inflateSync(bytes, { maxOutputLength: RELAY_LINE_BYTES });
  } catch {
    throw malformed('a line that cannot be decompressed');
  }
}
