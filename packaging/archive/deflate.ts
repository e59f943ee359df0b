import { createHash } from 'node:crypto';
import { constants, crc32, deflateRawSync } from 'node:zlib';
import type { Release } from '../release.ts';

/** How well archives are compressed: 1 is quick, 9 is small. */
export const DEFLATE_LEVELS: Readonly<Record<Release['compression'], number>> = {
  fast: 1,
  small: 9,
};

/** What is at least as large is compressed once for all archives of a target: its program takes almost all of the time. */
const LARGE_BYTES = 1_000_000;
/** Compressed pieces by level and digest. There is one for each program. */
const large = new Map<string, Buffer>();

/** A last block without content: a bit for the last block, two for fixed codes, seven for its end (RFC 1951, 3.2.3). */
const LAST_BLOCK = Buffer.from([0b0000_0011, 0]);

/** Method deflate, no name and no time, by a compressor that was slow or not, on Unix (RFC 1952, section 2.3). */
const GZIP_HEADER = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]);
const GZIP_TRAILER_BYTES = 8;

/**
 * Compresses content (DEFLATE, RFC 1951).
 *
 * @param reused - a part of the content that other archives contain, too, such as the program. It is compressed once.
 */
export function deflate(content: Buffer, level: number, reused?: Buffer): Buffer {
  return Buffer.concat([
    ...split(content, reused).map((piece) => deflatePiece(piece, level)),
    LAST_BLOCK,
  ]);
}

/** The same in the format of gzip (RFC 1952). The same content gives the same bytes. */
export function gzip(content: Buffer, level: number, reused?: Buffer): Buffer {
  const trailer = Buffer.alloc(GZIP_TRAILER_BYTES);
  trailer.writeUInt32LE(crc32(content));
  trailer.writeUInt32LE(content.length % 2 ** 32, 4);
  return Buffer.concat([GZIP_HEADER, deflate(content, level, reused), trailer]);
}

function split(content: Buffer, reused: Buffer | undefined): readonly Buffer[] {
  const start = reused === undefined ? -1 : content.indexOf(reused);
  if (reused === undefined || start === -1) return [content];
  const end = start + reused.length;
  return [content.subarray(0, start), content.subarray(start, end), content.subarray(end)];
}

/** Compresses without a last block, up to a whole byte, and without references to what precedes: pieces can be joined. */
function deflatePiece(piece: Buffer, level: number): Buffer {
  const compress = (): Buffer =>
    deflateRawSync(piece, { level, finishFlush: constants.Z_FULL_FLUSH });
  if (piece.length < LARGE_BYTES) return compress();
  const key = `${level} ${createHash('sha256').update(piece).digest('hex')}`;
  const compressed = large.get(key) ?? compress();
  large.set(key, compressed);
  return compressed;
}
