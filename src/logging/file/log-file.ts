import { dirname } from 'node:path';

import type { Clock } from '../../lib/clock.ts';
import { createLineQueue } from './line-queue.ts';
import { hasCode, type AppendHandle, type LogFileSystem } from './log-file-system.ts';
import type { RollingRule } from '../seelog/logging-configuration.ts';
import { rollLogFile } from './roll-log-file.ts';

/** What may change about a log file while it is in use. */
export interface LogFileSettings {
  readonly rolling: RollingRule | undefined;
  /** The line that stands where lines were dropped because they could not be written in time. */
  readonly droppedLine: (count: number) => string;
}

/** A log file that is written behind the session's back. */
export interface LogFile {
  configure(settings: LogFileSettings): void;
  /** Queues a line. Never throws and never waits. */
  append(line: string): void;
  /** Writes what is queued; resolves when that is done or has failed. Never rejects. */
  flush(): Promise<void>;
  /** Lines that wait to be written. */
  readonly unwritten: number;
}

/** What may fail about a log file: a full one that cannot be rolled is still written. */
export type LogFileAttempt = 'write' | 'roll';

/** What a log file works with. */
export interface LogFileOptions {
  readonly path: string;
  readonly fs: LogFileSystem;
  readonly clock: Clock;
  readonly settings: LogFileSettings;
  /** Hears of every failed attempt to write the file or to roll it. */
  readonly failed: (attempt: LogFileAttempt, path: string, error: unknown) => void;
}

/** Characters that wait for the disk before the oldest lines are dropped. */
export const QUEUE_CHARACTERS = 1024 * 1024;

/** Characters written at once. */
const CHUNK_CHARACTERS = 256 * 1024;

/** How long a file that could not be written is left alone, lines being kept meanwhile. */
const RETRY_MILLISECONDS = 5000;

async function openCreating(fs: LogFileSystem, path: string): Promise<AppendHandle> {
  try {
    return await fs.openForAppending(path);
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error;
    await fs.makeDirectory(dirname(path));
    return fs.openForAppending(path);
  }
}

/**
 * Starts a log file. It is opened anew for every chunk of lines and never held open: thus it does
 * not matter if it is deleted, or rolled by another session, between two chunks.
 */
export function createLogFile({ path, fs, clock, settings, failed }: LogFileOptions): LogFile {
  const queue = createLineQueue(QUEUE_CHARACTERS);
  let current = settings;
  let writing: Promise<void> | undefined;
  let retryAt = -Infinity;
  /** The file ends with a part of a line. */
  let isTorn = false;

  /** Takes lines and writes them; those that were not written whole wait on. */
  const appendLines = async (handle: AppendHandle, room: number): Promise<void> => {
    const dropped = queue.takeDropped();
    const lines = queue.take(Math.min(room, CHUNK_CHARACTERS));
    const beginning = (isTorn ? '\n' : '') + (dropped > 0 ? current.droppedLine(dropped) : '');
    const texts = [beginning, ...lines];
    const bytes = Buffer.from(texts.join(''));
    let written = 0;
    try {
      while (written < bytes.length) written += await handle.append(bytes.subarray(written));
      isTorn = false;
    } catch (error) {
      const { whole, rest } = countWhole(texts, written);
      queue.putBack(lines.slice(Math.max(0, whole - 1)), whole === 0 ? dropped : 0);
      isTorn = rest > 0 || (isTorn && written === 0);
      throw error;
    }
  };

  const roll = async (): Promise<boolean> => {
    try {
      const { rolling } = current;
      return rolling !== undefined && (await rollLogFile(fs, clock, path, rolling));
    } catch (error) {
      failed('roll', path, error);
      return false;
    }
  };

  /** Writes one chunk, or finds the file full and rolls it. */
  const writeChunk = async (mayRoll: boolean): Promise<'written' | 'rolled' | 'not rolled'> => {
    const handle = await openCreating(fs, path);
    try {
      const maxBytes = (mayRoll ? current.rolling?.maxBytes : undefined) ?? Infinity;
      const room = maxBytes - (await handle.size());
      if (room > 0) {
        await appendLines(handle, room);
        return 'written';
      }
    } finally {
      await handle.close();
    }
    return (await roll()) ? 'rolled' : 'not rolled';
  };

  const writeAll = async (): Promise<void> => {
    try {
      let mayRoll = true;
      while (!queue.isEmpty) {
        mayRoll = (await writeChunk(mayRoll)) !== 'not rolled';
      }
    } catch (error) {
      retryAt = clock.monotonic() + RETRY_MILLISECONDS;
      failed('write', path, error);
    } finally {
      // In the same turn as the last look at the queue: a line that comes later starts anew.
      writing = undefined;
    }
  };

  const flush = async (): Promise<void> => {
    if (writing === undefined && !queue.isEmpty) writing = writeAll();
    await writing;
  };

  return {
    configure: (changed) => {
      current = changed;
      retryAt = -Infinity;
    },
    append: (line) => {
      queue.push(line);
      if (clock.monotonic() >= retryAt) void flush();
    },
    flush,
    get unwritten() {
      return queue.length;
    },
  };
}

/** How many texts the first `bytes` bytes of all of them hold whole, and how many bytes of the next. */
function countWhole(
  texts: readonly string[],
  bytes: number,
): { readonly whole: number; readonly rest: number } {
  let rest = bytes;
  let whole = 0;
  for (const text of texts) {
    const length = Buffer.byteLength(text);
    if (rest < length) break;
    rest -= length;
    whole += 1;
  }
  return { whole, rest };
}
