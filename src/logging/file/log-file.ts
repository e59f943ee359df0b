import { dirname } from 'node:path';

import type { Clock } from '../../lib/clock.ts';
import { createLineQueue } from './line-queue.ts';
import { systemCode } from '../../lib/errors/system-error.ts';
import type { AppendHandle, LogFileSystem } from './log-file-system.ts';
import type { RollingRule } from '../seelog/logging-configuration.ts';
import { rollLogFile } from './roll-log-file.ts';

/** What may change about a log file while it is in use. */
export interface LogFileSettings {
  readonly rolling: RollingRule | undefined;
  /** The line in place of lines that were dropped because they could not be written in time. */
  readonly droppedLine: (count: number) => string;
}

/** A log file that is written in the background. */
export interface LogFile {
  configure(settings: LogFileSettings): void;
  /** Queues a line. Never throws and never waits. */
  append(line: string): void;
  /** Writes what is queued; resolves when that is done or has failed. Never rejects. */
  flush(): Promise<void>;
  /** Lines that wait to be written. */
  readonly unwritten: number;
}

/** What may fail. A full log file that cannot be rolled is still written. */
export type LogFileAttempt = 'write' | 'roll';

/** What a log file works with. */
export interface LogFileOptions {
  readonly path: string;
  readonly fs: LogFileSystem;
  readonly clock: Clock;
  readonly settings: LogFileSettings;
  /** Called for every failed attempt to write the file or to roll it. */
  readonly failed: (attempt: LogFileAttempt, path: string, error: unknown) => void;
}

/** Characters that wait for the disk before the oldest lines are dropped. */
export const QUEUE_CHARACTERS = 1024 * 1024;

/** Characters written at once. */
const CHUNK_CHARACTERS = 256 * 1024;

/** Time from a failed write to the next attempt. Lines are kept meanwhile. */
const RETRY_MILLISECONDS = 5000;

/**
 * Starts a log file. Every chunk of lines opens it and closes it again: so another session may delete
 * or roll it between two chunks.
 */
export function createLogFile(options: LogFileOptions): LogFile {
  return new QueuedLogFile(options);
}

class QueuedLogFile implements LogFile {
  readonly #options: LogFileOptions;
  readonly #queue = createLineQueue(QUEUE_CHARACTERS);
  #settings: LogFileSettings;
  #writing: Promise<void> | undefined;
  /** Monotonic milliseconds. */
  #retryAt = -Infinity;
  /** The file ends with a part of a line. */
  #isTorn = false;

  constructor(options: LogFileOptions) {
    this.#options = options;
    this.#settings = options.settings;
  }

  configure(settings: LogFileSettings): void {
    this.#settings = settings;
    this.#retryAt = -Infinity;
  }

  append(line: string): void {
    this.#queue.push(line);
    if (this.#options.clock.monotonic() >= this.#retryAt) void this.flush();
  }

  async flush(): Promise<void> {
    if (this.#writing === undefined && !this.#queue.isEmpty) this.#writing = this.#writeAll();
    await this.#writing;
  }

  get unwritten(): number {
    return this.#queue.length;
  }

  async #writeAll(): Promise<void> {
    const { path, clock, failed } = this.#options;
    try {
      let mayRoll = true;
      while (!this.#queue.isEmpty) {
        mayRoll = (await this.#writeChunk(mayRoll)) !== 'not rolled';
      }
    } catch (error) {
      this.#retryAt = clock.monotonic() + RETRY_MILLISECONDS;
      failed('write', path, error);
    } finally {
      // In the same turn as the last check of the queue: a line that comes later starts a new write.
      this.#writing = undefined;
    }
  }

  /** Writes one chunk, or finds the file full and rolls it. */
  async #writeChunk(mayRoll: boolean): Promise<'written' | 'rolled' | 'not rolled'> {
    const { fs, path } = this.#options;
    const handle = await openCreating(fs, path);
    try {
      const maxBytes = (mayRoll ? this.#settings.rolling?.maxBytes : undefined) ?? Infinity;
      const room = maxBytes - (await handle.size());
      if (room > 0) {
        await this.#appendLines(handle, room);
        return 'written';
      }
    } finally {
      await handle.close();
    }
    return (await this.#roll()) ? 'rolled' : 'not rolled';
  }

  /** Takes lines and writes them. Those that were not written whole stay in the queue. */
  async #appendLines(handle: AppendHandle, room: number): Promise<void> {
    const queue = this.#queue;
    const dropped = queue.takeDropped();
    const lines = queue.take(Math.min(room, CHUNK_CHARACTERS));
    const droppedLine = dropped > 0 ? this.#settings.droppedLine(dropped) : '';
    const texts = [(this.#isTorn ? '\n' : '') + droppedLine, ...lines];
    const bytes = Buffer.from(texts.join(''));
    let written = 0;
    try {
      while (written < bytes.length) written += await handle.append(bytes.subarray(written));
      this.#isTorn = false;
    } catch (error) {
      const { whole, rest } = countWhole(texts, written);
      queue.requeue(lines.slice(Math.max(0, whole - 1)), whole === 0 ? dropped : 0);
      this.#isTorn = rest > 0 || (this.#isTorn && written === 0);
      throw error;
    }
  }

  async #roll(): Promise<boolean> {
    const { fs, clock, path, failed } = this.#options;
    try {
      const { rolling } = this.#settings;
      return rolling !== undefined && (await rollLogFile(fs, clock, path, rolling));
    } catch (error) {
      failed('roll', path, error);
      return false;
    }
  }
}

async function openCreating(fs: LogFileSystem, path: string): Promise<AppendHandle> {
  try {
    return await fs.openForAppending(path);
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
    await fs.makeDirectory(dirname(path));
    return fs.openForAppending(path);
  }
}

/** Counts the texts that the first `bytes` bytes of all texts hold whole, and the bytes of the next one. */
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
