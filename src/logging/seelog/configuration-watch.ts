import type { Clock } from '../../lib/clock.ts';
import type { FileState, LogFileSystem } from '../file/log-file-system.ts';

/** What a watch works with. */
export interface ConfigurationWatchOptions {
  readonly path: string;
  readonly fs: LogFileSystem;
  readonly clock: Clock;
  /** What is at the path when the watch starts; undefined for nothing. */
  readonly initial: FileState | undefined;
  /** Takes the contents of the file into use. Rejects, and changes nothing, when it cannot. */
  readonly apply: (contents: Uint8Array) => Promise<void>;
  /** The file is gone for good. */
  readonly removed: () => void;
  /** The file is there and cannot be used. Told once for every state of the file. */
  readonly unusable: (reason: string) => void;
}

/** A configuration file that is followed as it changes. */
export interface ConfigurationWatch {
  stop(): void;
  /** Resolves when the file found at the start has been dealt with. Never rejects. */
  started(): Promise<void>;
}

/** How often the file is looked at. */
export const WATCH_MILLISECONDS = 2000;

/** A configuration is a page of text; more than this is another file. */
const CONFIGURATION_BYTES = 1024 * 1024;

const ABSENT = 'absent';

/**
 * Reads a configuration file and follows its changes, with a look every
 * {@link WATCH_MILLISECONDS}. Looking works on every file system, survives editors that replace the
 * file, needs no directory to exist, and keeps no process alive and no directory busy, none of which
 * holds for the notifications of all systems.
 *
 * A file that is unusable or absent may be half written: it counts only when the next look finds it
 * unchanged, except at the start.
 */
export function watchConfiguration(options: ConfigurationWatchOptions): ConfigurationWatch {
  const { path, fs, clock, initial, apply, removed, unusable } = options;
  let known = ABSENT;
  let doubted: string | undefined;
  let busy = false;

  const take = async (state: FileState | undefined, certain: boolean): Promise<void> => {
    const mark = state?.mark ?? ABSENT;
    const isCertain = certain || doubted === mark;
    doubted = undefined;
    if (mark === known) return;
    let problem: string | undefined;
    if (state !== undefined) {
      try {
        await apply(await fs.read(path, CONFIGURATION_BYTES));
        known = mark;
        return;
      } catch (error) {
        problem = error instanceof Error ? error.message : 'unknown reason';
      }
    }
    if (!isCertain) {
      doubted = mark;
      return;
    }
    known = mark;
    if (problem === undefined) removed();
    else unusable(problem);
  };

  const look = async (): Promise<void> => {
    if (busy) return;
    busy = true;
    try {
      await take(await fs.look(path), false);
    } catch {
      // Whatever keeps the file from being seen now, the configuration in use stays in use.
    } finally {
      busy = false;
    }
  };

  const start = async (): Promise<void> => {
    busy = true;
    await take(initial, true);
    busy = false;
  };

  const started = start();
  const timer = clock.every(WATCH_MILLISECONDS, () => void look());
  return { stop: () => timer.cancel(), started: () => started };
}
