import {
  NOTHING_PRESENT,
  readChunks,
  type Chunk,
  type UploadSource,
} from '../up/chunks/chunk-source.ts';
import type { TemporaryObject } from './stored-object.ts';
import { untilAborted } from './until-aborted.ts';

/** Parts that are sent at the same time: together with the one that is read, some 70 MiB of memory. */
const PARALLEL_PARTS = 3;
const MIB = 1024 * 1024;
/** Bytes of a part; S3 takes 10 000 of them. */
const OBJECT_PART_BYTES = 16 * MIB;
/** Parts of a large file: fewer than S3 takes, because the file may still grow. */
const MOST_PARTS = 9_000;

/**
 * Bytes of a part of a file, in whole MiB.
 *
 * @param least - bytes of a part of most files
 */
export function partBytesFor(size: number, least: number): number {
  return Math.max(least, Math.ceil(size / MOST_PARTS / MIB) * MIB);
}

/** What was stored. */
export interface StoredContent {
  readonly bytes: number;
  /** In hexadecimal. */
  readonly sha256: string;
}

/** What follows the storing of an object. */
export interface StoreProgress {
  /** Ends it. Its reason is thrown. */
  readonly signal: AbortSignal;
  /** @param bytes - stored so far */
  readonly progress: (bytes: number) => void;
  /** Bytes of a part; for tests. */
  readonly partBytes?: number | undefined;
}

/** Stores what a source has as an object: at once if it fits into one part. */
export async function storeContent(
  object: TemporaryObject,
  source: UploadSource,
  { signal, progress, partBytes }: StoreProgress,
): Promise<StoredContent> {
  const size = source.kind === 'file' ? source.size : 0;
  const usual = partBytesFor(size, OBJECT_PART_BYTES);
  const reader = readChunks(source, NOTHING_PRESENT, () => undefined);
  const parts = partsOf(reader.chunks, partBytes ?? usual);
  const first = await untilAborted(signal, parts.next());
  const second = first.done === true ? first : await untilAborted(signal, parts.next());
  if (first.done === true || second.done === true) {
    await untilAborted(signal, object.put(first.value ?? Buffer.alloc(0), signal));
    progress(reader.bytes);
  } else {
    const all = startingWith([first.value, second.value], parts);
    await storeParts(object, all, { signal, progress });
  }
  return { bytes: reader.bytes, sha256: reader.digest() };
}

async function storeParts(
  object: TemporaryObject,
  parts: AsyncGenerator<Buffer, undefined, undefined>,
  { signal, progress }: StoreProgress,
): Promise<void> {
  const failed = new AbortController();
  const stop = AbortSignal.any([signal, failed.signal]);
  await object.inParts(stop, async (upload) => {
    const tags: string[] = [];
    let number = 0;
    let stored = 0;
    const sendAll = async (): Promise<void> => {
      for (;;) {
        const { value: part } = await untilAborted(stop, parts.next());
        if (part === undefined) return;
        const index = number++;
        tags[index] = await upload.put(index + 1, part);
        stored += part.length;
        progress(stored);
      }
    };
    const senders = Array.from({ length: PARALLEL_PARTS }, () =>
      sendAll().catch((error: unknown) => {
        failed.abort(error);
      }),
    );
    // All of them: parts that are stored after the others were removed would stay.
    await Promise.all(senders);
    stop.throwIfAborted();
    return tags;
  });
}

async function* startingWith(
  first: readonly Buffer[],
  rest: AsyncGenerator<Buffer, undefined, undefined>,
): AsyncGenerator<Buffer, undefined, undefined> {
  yield* first;
  yield* rest;
  return undefined;
}

async function* partsOf(
  chunks: ReturnType<typeof readChunks>['chunks'],
  partBytes: number,
): AsyncGenerator<Buffer, undefined, undefined> {
  let pieces: Chunk[] = [];
  let length = 0;
  const take = (): Buffer => {
    const part = Buffer.concat(pieces.map(({ data }) => data));
    for (const chunk of pieces) chunk.free();
    pieces = [];
    length = 0;
    return part;
  };
  for (;;) {
    const { value: chunk } = await chunks.next();
    if (chunk === undefined) break;
    pieces.push(chunk);
    length += chunk.data.length;
    if (length >= partBytes) yield take();
  }
  if (length > 0) yield take();
  return undefined;
}
