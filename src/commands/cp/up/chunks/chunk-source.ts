import { createHash, type Hash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { CHUNK_BYTES } from '../target/frames.ts';

/**
 * Bytes of a block whose hash is compared before a copy goes on: 32 chunks. A target needs two processes for each,
 * and a block that differs is read into memory once.
 */
export const HASHED_BLOCK_BYTES = 8 * 1024 * 1024;

/** Where the bytes come from. */
export type UploadSource =
  | {
      readonly kind: 'file';
      /** Bytes. */
      readonly size: number;
      /** Returns exactly `length` bytes from `offset`; fewer only where the file ends. */
      read(offset: number, length: number): Promise<Buffer>;
    }
  /** Of a length that is not known before its end. */
  | { readonly kind: 'stream'; readonly stream: Readable };

/** A part of the file, {@link CHUNK_BYTES} long; only the last one is shorter. */
export interface Chunk {
  readonly index: number;
  readonly data: Buffer;
}

/** What is on the target already. */
export interface Present {
  /** SHA-256 of blocks of {@link HASHED_BLOCK_BYTES}, in hexadecimal, by their number. */
  readonly blocks: ReadonlyMap<number, string>;
  /** Whether everything else there is zero. */
  readonly isZero: boolean;
}

/** The chunks to send, and what is known when the last one is read. */
export interface ChunkReader {
  /** In the order of the file; without those that are on the target. */
  readonly chunks: AsyncIterator<Chunk, undefined, undefined>;
  /** Bytes read so far: after the end, the size of the file. */
  readonly bytes: number;
  /** SHA-256 of everything, in hexadecimal. Call it once, after the end. */
  digest(): string;
}

/**
 * Reads a source once, from its first byte to its last.
 *
 * @param skipped - called with the bytes that need not be sent
 */
export function readChunks(
  source: UploadSource,
  present: Present,
  skipped: (bytes: number, why: 'present' | 'zero') => void,
): ChunkReader {
  const hash = createHash('sha256');
  let bytes = 0;
  const zeros = Buffer.alloc(CHUNK_BYTES);

  async function* chunks(): AsyncGenerator<Chunk, undefined, undefined> {
    for await (const piece of source.kind === 'file'
      ? fileBlocks(source, present)
      : streamPieces(source.stream)) {
      hash.update(piece);
      const first = bytes / CHUNK_BYTES;
      const isPresent = isSame(piece, present.blocks.get(bytes / HASHED_BLOCK_BYTES));
      bytes += piece.length;
      if (isPresent) {
        skipped(piece.length, 'present');
        continue;
      }
      for (let offset = 0; offset < piece.length; offset += CHUNK_BYTES) {
        const data = piece.subarray(offset, offset + CHUNK_BYTES);
        if (present.isZero && data.equals(zeros.subarray(0, data.length)))
          skipped(data.length, 'zero');
        else yield { index: first + offset / CHUNK_BYTES, data };
      }
    }
    return undefined;
  }

  return {
    chunks: chunks(),
    get bytes() {
      return bytes;
    },
    digest: once(hash),
  };
}

/** A digest can be asked of a hash once; a session that was lost asks again. */
function once(hash: Hash): () => string {
  let digest: string | undefined;
  return () => (digest ??= hash.digest('hex'));
}

function isSame(block: Buffer, sha256: string | undefined): boolean {
  return sha256 !== undefined && createHash('sha256').update(block).digest('hex') === sha256;
}

type FileSource = Extract<UploadSource, { kind: 'file' }>;

/** Whole blocks where one may be on the target; else, chunks. A file that has become shorter ends. */
async function* fileBlocks(source: FileSource, { blocks }: Present): AsyncGenerator<Buffer> {
  for (let offset = 0; offset < source.size;) {
    const isKnown = blocks.has(offset / HASHED_BLOCK_BYTES);
    const length = Math.min(isKnown ? HASHED_BLOCK_BYTES : CHUNK_BYTES, source.size - offset);
    const piece = await source.read(offset, length);
    if (piece.length > 0) yield piece;
    if (piece.length < length) return;
    offset += length;
  }
}

/** Pieces of {@link CHUNK_BYTES}, and the rest. */
async function* streamPieces(stream: Readable): AsyncGenerator<Buffer> {
  let pieces: Buffer[] = [];
  let length = 0;
  for await (const read of stream as AsyncIterable<Buffer>) {
    pieces.push(read);
    length += read.length;
    if (length < CHUNK_BYTES) continue;
    const whole = Buffer.concat(pieces);
    const rest = whole.length % CHUNK_BYTES;
    for (let offset = 0; offset < whole.length - rest; offset += CHUNK_BYTES) {
      yield whole.subarray(offset, offset + CHUNK_BYTES);
    }
    pieces = rest === 0 ? [] : [whole.subarray(whole.length - rest)];
    length = rest;
  }
  if (length > 0) yield Buffer.concat(pieces);
}
