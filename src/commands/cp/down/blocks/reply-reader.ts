import { gunzipSync } from 'node:zlib';
import { UNIT_BYTES, type BlockEncoding } from './block-request.ts';

/** Ends each reply of the target; it is no character of base64. */
const END = '.'.charCodeAt(0);
const LINE_FEED = '\n'.charCodeAt(0);

/** Splits the output of the target into replies. */
export interface ReplyReader {
  /**
   * Takes the next bytes of the output, cut anywhere.
   *
   * @returns false when a reply is longer than the limit; the reader is then of no further use
   */
  take(bytes: Buffer): boolean;
}

/**
 * Creates a reader of replies. It drops line feeds: `base64` breaks lines, and the target writes one each
 * second to show that it is alive. It buffers at most one reply.
 *
 * @param limit - bytes of the longest reply, without line feeds
 * @param onReply - gets each reply; its memory is used again after the call
 */
export function createReplyReader(limit: number, onReply: (reply: Buffer) => void): ReplyReader {
  const buffer = Buffer.allocUnsafeSlow(limit);
  let length = 0;

  const append = (bytes: Buffer): boolean => {
    let rest = bytes;
    for (let end = rest.indexOf(LINE_FEED); end !== -1; end = rest.indexOf(LINE_FEED)) {
      if (!copy(rest.subarray(0, end))) return false;
      rest = rest.subarray(end + 1);
    }
    return copy(rest);
  };
  const copy = (bytes: Buffer): boolean => {
    if (length + bytes.length > limit) return false;
    length += bytes.copy(buffer, length);
    return true;
  };

  return {
    take(bytes) {
      let rest = bytes;
      for (let end = rest.indexOf(END); end !== -1; end = rest.indexOf(END)) {
        if (!append(rest.subarray(0, end))) return false;
        const reply = buffer.subarray(0, length);
        length = 0;
        onReply(reply);
        rest = rest.subarray(end + 1);
      }
      return append(rest);
    },
  };
}

/** What a reply carries, or undefined when it is damaged. */
export interface DecodedBlock {
  /** At most the units that were asked for. */
  readonly data: Buffer;
  /** Bytes that base64 carried: fewer than `data` where compression has paid. */
  readonly carriedBytes: number;
}

/**
 * Decodes a reply.
 *
 * @param units - that were asked for
 * @returns undefined when the reply is no base64, no gzip, or longer than what was asked for
 */
export function decodeReply(
  reply: Buffer,
  encoding: BlockEncoding,
  units: number,
): DecodedBlock | undefined {
  const carried = decodeBase64(reply);
  const limit = units * UNIT_BYTES;
  if (carried === undefined) return undefined;
  const data = encoding === 'plain' ? carried : gunzip(carried, limit);
  if (data === undefined || data.length > limit) return undefined;
  return { data, carriedBytes: carried.length };
}

/** Node.js skips characters that are no base64: the length of the result shows that. */
function decodeBase64(text: Buffer): Buffer | undefined {
  const characters = text.toString('latin1');
  const data = Buffer.from(characters, 'base64');
  const padding = characters.endsWith('==') ? 2 : characters.endsWith('=') ? 1 : 0;
  return text.length % 4 === 0 && data.length === (text.length / 4) * 3 - padding
    ? data
    : undefined;
}

function gunzip(data: Buffer, limit: number): Buffer | undefined {
  try {
    return gunzipSync(data, { maxOutputLength: limit });
  } catch {
    // Any error means the same: these bytes are not what was asked for.
    return undefined;
  }
}
