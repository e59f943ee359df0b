import { createHash, type Hash } from 'node:crypto';
import type { Readable } from 'node:stream';

/**
 * Bytes of a chunk. At the agent's pace (docs/design/agent.md#ports), a session needs 0.15 s for it: two processes a
 * chunk cost the target little, and little is sent again when a session is lost. Sixteen sessions with two each stay
 * within the memory of all chunks (receiver-session.ts).
 */
export const CHUNK_BYTES = 128 * 1024;

const MIB = 1024 * 1024;
/** The smallest block whose hash is compared before a copy goes on: a target needs two processes for each. */
const MIN_HASHED_BLOCK_BYTES = MIB;
/** The largest one: dd reads it into memory there, and one that differs is sent again as a whole. */
const MAX_HASHED_BLOCK_BYTES = 8 * MIB;
/** Blocks of a file of medium size. */
const USUAL_BLOCKS = 1024;

/** Bytes of the blocks whose hashes are compared: a multiple of {@link CHUNK_BYTES}. */
export function hashedBlockBytes(size: number): number {
  const usual = Math.ceil(size / USUAL_BLOCKS / MIB) * MIB;
  return Math.min(Math.max(usual, MIN_HASHED_BLOCK_BYTES), MAX_HASHED_BLOCK_BYTES);
}

/** Where the bytes come from. */
export type UploadSource =
  | {
      readonly kind: 'file';
      /** Bytes. */
      readonly size: number;
      /** Fills a buffer from `offset`. Returns how many bytes there are; fewer only where the file ends. */
      read(into: Buffer, offset: number): Promise<number>;
    }
  /** Of a length that is not known before its end. */
  | { readonly kind: 'stream'; readonly stream: Readable };

/** Ends a source of which nothing more is read: a read of a silent one would go on. */
export function closeSource(source: UploadSource): void {
  if (source.kind === 'stream') source.stream.destroy();
}

/** A part of the file, {@link CHUNK_BYTES} long; only the last one is shorter. */
export interface Chunk {
  readonly index: number;
  readonly data: Buffer;
  /** Lets the memory of `data` be used again. Call it when the target has stored it. */
  free(): void;
}

/** What is on the target already. */
export interface Present {
  /** SHA-256 of blocks of {@link hashedBlockBytes}, in hexadecimal, by their number. */
  readonly blocks: ReadonlyMap<number, string>;
  /** Whether everything else there is zero. */
  readonly isZero: boolean;
}

/** Nothing is on the target: all of the source is sent. */
export const NOTHING_PRESENT: Present = { blocks: new Map(), isZero: false };

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
  const count = (piece: Buffer): void => {
    hash.update(piece);
    bytes += piece.length;
  };

  async function* streamChunks(stream: Readable): AsyncGenerator<Chunk, undefined, undefined> {
    let index = 0;
    for await (const data of streamPieces(stream)) {
      count(data);
      yield { index: index++, data, free: () => undefined };
    }
    return undefined;
  }

  async function* fileChunks(file: FileSource): AsyncGenerator<Chunk, undefined, undefined> {
    const { blocks, isZero } = present;
    const blockBytes = hashedBlockBytes(file.size);
    const pool: BufferPool = [];
    while (bytes < file.size) {
      const start = bytes;
      const known = blocks.get(start / blockBytes);
      if (known === undefined) {
        for await (const chunk of filePieces(file, pool, start, CHUNK_BYTES)) {
          count(chunk.data);
          if (isZero && isAllZero(chunk.data)) {
            skipped(chunk.data.length, 'zero');
            chunk.free();
          } else yield chunk;
        }
      } else {
        const block = createHash('sha256');
        for await (const chunk of filePieces(file, pool, start, blockBytes)) {
          count(chunk.data);
          block.update(chunk.data);
          chunk.free();
        }
        const length = bytes - start;
        if (block.digest('hex') === known) skipped(length, 'present');
        // Read again, because a block is too large to keep.
        else yield* filePieces(file, pool, start, length);
      }
      // The file has become shorter.
      if (bytes === start || bytes % CHUNK_BYTES !== 0) return undefined;
    }
    return undefined;
  }

  return {
    chunks: source.kind === 'file' ? fileChunks(source) : streamChunks(source.stream),
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

const ZEROS = Buffer.alloc(CHUNK_BYTES);

function isAllZero(data: Buffer): boolean {
  return data.equals(ZEROS.subarray(0, data.length));
}

type FileSource = Extract<UploadSource, { kind: 'file' }>;

/** Buffers of {@link CHUNK_BYTES} that are used again: without them, each chunk would become garbage. */
type BufferPool = Buffer[];

/** The chunks of a part of a file. One that has become shorter ends early. */
async function* filePieces(
  file: FileSource,
  pool: BufferPool,
  start: number,
  bytes: number,
): AsyncGenerator<Chunk, undefined, undefined> {
  const end = Math.min(start + bytes, file.size);
  for (let offset = start; offset < end; offset += CHUNK_BYTES) {
    const wanted = Math.min(CHUNK_BYTES, end - offset);
    const buffer = pool.pop() ?? Buffer.allocUnsafeSlow(CHUNK_BYTES);
    const length = await file.read(buffer.subarray(0, wanted), offset);
    const free = (): void => void pool.push(buffer);
    const data = buffer.subarray(0, length);
    if (length > 0) yield { index: offset / CHUNK_BYTES, data, free };
    if (length < wanted) return undefined;
  }
  return undefined;
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
