import { CommandError } from '../../../cli/framework/command-context.ts';
import { uploadFailures } from '../../../failures/copies/upload.ts';
import { createChunkQueue, type ChunkQueue } from './chunks/chunk-queue.ts';
import { createOnceForAll } from './chunks/once-for-all.ts';
import {
  readChunks,
  type Chunk,
  type ChunkReader,
  type UploadSource,
} from './chunks/chunk-source.ts';
import { explainProblem, explainText, pathText } from './explain-problem.ts';

import type { ReceiverSession } from './sessions/receiver-session.ts';
import type { PoolWork } from './sessions/session-pool.ts';
import { enterDestination, finishDestination, prepareDestination } from './destination-steps.ts';
import type { Destination } from './target/destination.ts';

/** What is copied, and how it is stored. */
export interface JobOptions {
  readonly source: UploadSource;
  /** Bytes; undefined when that is not known before the end. */
  readonly size: number | undefined;
  readonly destination: Destination;
  /** Permission bits. */
  readonly mode: number;
  readonly modifiedAt: Date | undefined;
  /** Whether an unfinished file stays for the next copy. */
  readonly keeps: boolean;
  /**
   * @param done - bytes of the file that are on the target
   * @param resumed - how many of them were there before
   */
  progress(done: number, resumed: number): void;
  /** Called with the length of each chunk that is stored. */
  freeSent(bytes: number): void;
}

/** The copy of one file, which several sessions share. */
export interface UploadJob extends PoolWork {
  /** Where the new content is made on the target; undefined until a session has prepared it. */
  readonly partial: Buffer | undefined;
  /** Whether the target may have something to remove. */
  readonly hasBegun: boolean;
  /** Ends the wait of sessions for chunks. */
  close(): void;
  /** Of the finished file. */
  readonly bytes: number;
  /** Of the finished file, in hexadecimal. */
  sha256(): string;
}

/** What the first session has made ready for all. */
interface Prepared {
  readonly partial: Buffer;
  readonly reader: ChunkReader;
  readonly queue: ChunkQueue;
  readonly by: ReceiverSession;
}

/** How far a copy is. */
interface State {
  /** `closed` when it is to stop. */
  phase: 'start' | 'copy' | 'finish' | 'closed';
  prepared: Prepared | undefined;
  done: number;
  resumed: number;
}

/** Starts nothing: sessions work by `work`. */
export function createUploadJob(options: JobOptions): UploadJob {
  const { path } = options.destination;
  const state: State = { phase: 'start', prepared: undefined, done: 0, resumed: 0 };
  let hasBegun = false;
  const isFinishing = (): boolean => state.phase === 'finish';

  const prepare = createOnceForAll<Prepared, ReceiverSession>(async (session) => {
    hasBegun = true;
    state.prepared = await prepareJob(session, options, state).catch((error: unknown) => {
      // The script has removed what it made.
      hasBegun = false;
      throw error;
    });
    if (state.phase === 'start') state.phase = 'copy';
    else state.prepared?.queue.close();
    return state.prepared;
  });
  const finish = createOnceForAll<'finished', ReceiverSession>(async (session) => {
    const { prepared } = state;
    if (prepared === undefined || state.phase === 'closed') return undefined;
    if (options.size !== undefined && prepared.reader.bytes < options.size) {
      throw new CommandError(uploadFailures['upload-source-shorter'](pathText(path)));
    }
    state.phase = 'finish';
    const { destination, mode, modifiedAt } = options;
    const sha256 = prepared.reader.digest();
    return finishDestination(session, destination, { mode, modifiedAt, sha256 });
  });

  return {
    async work(session) {
      const prepared = await prepare(session);
      if (prepared === undefined) return false;
      if (prepared.by !== session && !isFinishing()) {
        const entered = await enterDestination(session, options);
        if (entered === undefined) return false;
        // The session that finishes the copy removes the directory.
        if (entered === 'missing' && !isFinishing()) throw explainProblem(path, 'foreign', '');
      }
      for (;;) {
        const chunk = await prepared.queue.take();
        if (chunk === undefined) return (await finish(session)) === 'finished';
        if (!(await session.send(chunk))) return false;
      }
    },
    stored(chunk: Chunk) {
      state.prepared?.queue.acknowledge();
      state.done += chunk.data.length;
      chunk.free();
      options.freeSent(chunk.data.length);
      options.progress(state.done, state.resumed);
    },
    unsent: (chunks) => state.prepared?.queue.release(chunks),
    refused: (text) => explainText(path, text),
    close() {
      state.phase = 'closed';
      state.prepared?.queue.close();
    },
    get partial() {
      return state.prepared?.partial;
    },
    get hasBegun() {
      return hasBegun;
    },
    get bytes() {
      return state.prepared?.reader.bytes ?? 0;
    },
    sha256: () => state.prepared?.reader.digest() ?? '',
  };
}

/** Makes everything ready for the chunks; undefined when the session has ended. */
async function prepareJob(
  session: ReceiverSession,
  options: JobOptions,
  state: State,
): Promise<Prepared | undefined> {
  const { source, size } = options;
  const found = await prepareDestination(session, options);
  if (found === undefined) return undefined;
  const isZero = size !== undefined && found.blocks.size === 0;
  const reader = readChunks(source, { blocks: found.blocks, isZero }, (bytes, why) => {
    state.done += bytes;
    if (why === 'present') state.resumed += bytes;
    options.progress(state.done, state.resumed);
  });
  return { partial: found.partial, reader, queue: createChunkQueue(reader.chunks), by: session };
}
