import { gunzipSync } from 'node:zlib';
import type { BlockPool } from './block-pool.ts';
import { UNIT_BYTES, type BlockEncoding } from './block-request.ts';

/** Ends each reply of the target; it is no character of base64. */
const END = '.'.charCodeAt(0);
const LINE_FEED = '\n'.charCodeAt(0);
/** Characters of base64 that belong together, and the bytes that they carry. */
const GROUP_CHARACTERS = 4;
const GROUP_BYTES = 3;

/** Splits the output of the target into replies. */
export interface ReplyReader {
  /**
   * Takes the next bytes of the output, cut anywhere.
   *
   * @returns false when they are no base64, or a reply is longer than the limit; the reader is then of no
   *     further use
   */
  take(bytes: Buffer): boolean;
}

/**
 * Creates a reader of replies, each in base64. It drops line feeds: `base64` breaks lines, and the target
 * writes one each second to show that it is alive. It buffers at most one reply, and decodes it as it comes: long
 * strings would stay in memory for a while.
 *
 * @param limit - bytes of the longest reply, decoded
 * @param onReply - gets each reply, decoded; its memory is used again after the call
 */
export function createReplyReader(limit: number, onReply: (reply: Buffer) => void): ReplyReader {
  const buffer = Buffer.allocUnsafeSlow(limit + GROUP_BYTES);
  let length = 0;
  /** Characters of a group that is not whole. */
  let started = '';
  let isPadded = false;

  const append = (bytes: Buffer): boolean => {
    let rest = bytes;
    for (let end = rest.indexOf(LINE_FEED); end !== -1; end = rest.indexOf(LINE_FEED)) {
      if (!decode(rest.subarray(0, end))) return false;
      rest = rest.subarray(end + 1);
    }
    return decode(rest);
  };
  const decode = (bytes: Buffer): boolean => {
    if (bytes.length === 0) return true;
    const text = started + bytes.toString('latin1');
    const whole = text.length - (text.length % GROUP_CHARACTERS);
    started = text.slice(whole);
    if (whole === 0) return true;
    const groups = started === '' ? text : text.slice(0, whole);
    const padding = groups.endsWith('==') ? 2 : groups.endsWith('=') ? 1 : 0;
    const carried = (whole / GROUP_CHARACTERS) * GROUP_BYTES - padding;
    if (isPadded || length + carried > limit) return false;
    isPadded = padding > 0;
    // Node.js skips characters that are no base64: the length of the result shows that.
    const written = buffer.write(groups, length, 'base64');
    length += carried;
    return written === carried;
  };

  return {
    take(bytes) {
      let rest = bytes;
      for (let end = rest.indexOf(END); end !== -1; end = rest.indexOf(END)) {
        if (!append(rest.subarray(0, end)) || started !== '') return false;
        const reply = buffer.subarray(0, length);
        length = 0;
        isPadded = false;
        onReply(reply);
        rest = rest.subarray(end + 1);
      }
      return append(rest);
    },
  };
}

/** What a reply carries. */
export interface DecodedBlock {
  /** At most the units that were asked for. */
  readonly data: Buffer;
  /** Bytes that base64 carried: fewer than `data` where compression has paid. */
  readonly carriedBytes: number;
}

/**
 * Copies a block out of a reply.
 *
 * @param units - that were asked for
 * @param pool - for a block that needs a copy
 * @returns undefined when the reply is no gzip, or longer than what was asked for
 */
export function readBlock(
  reply: Buffer,
  encoding: BlockEncoding,
  units: number,
  pool: Pick<BlockPool, 'copy'>,
): DecodedBlock | undefined {
  const limit = units * UNIT_BYTES;
  if (encoding === 'plain') {
    return reply.length > limit
      ? undefined
      : { data: pool.copy(reply), carriedBytes: reply.length };
  }
  try {
    const data = gunzipSync(reply, { maxOutputLength: limit });
    return { data, carriedBytes: reply.length };
  } catch {
    // Any error means the same: these bytes are not what was asked for.
    return undefined;
  }
}
