import { errorText } from '../../lib/errors/error-text.ts';
import type { Clock } from '../../lib/clock.ts';
import type { FileState, LogFileSystem } from '../file/log-file-system.ts';

/** What a watch works with. */
export interface ConfigurationWatchOptions {
  readonly path: string;
  readonly fs: LogFileSystem;
  readonly clock: Clock;
  /** The state of the file when the watch starts; undefined when there is none. */
  readonly initial: FileState | undefined;
  /** Uses these contents of the file. Rejects, and changes nothing, when it cannot. */
  readonly apply: (contents: Uint8Array) => Promise<void>;
  /** The file was removed. */
  readonly removed: () => void;
  /** The file exists and cannot be used. Called once for every state of the file. */
  readonly unusable: (reason: string) => void;
}

/** A watch of a configuration file. */
export interface ConfigurationWatch {
  stop(): void;
  /** Resolves when the file found at the start has been handled. Never rejects. */
  started(): Promise<void>;
}

/** Interval between two checks of the file. */
export const WATCH_MILLISECONDS = 2000;

/** A configuration is a page of text. A larger file is another one. */
const CONFIGURATION_BYTES = 1024 * 1024;

const ABSENT = 'absent';

/**
 * Reads a configuration file and its changes, with a check every {@link WATCH_MILLISECONDS}. Checks work
 * on every file system, with editors that replace the file, and without an existing directory; they
 * keep no process alive and no directory busy. The notifications of some systems do not.
 *
 * A file that is unusable or absent may be half written: except at the start, it counts only when the
 * next check finds it unchanged.
 */
export function watchConfiguration(options: ConfigurationWatchOptions): ConfigurationWatch {
  const { path, fs, clock, initial, apply, removed, unusable } = options;
  let known = ABSENT;
  let unconfirmed: string | undefined;
  let busy = false;

  const take = async (state: FileState | undefined, certain: boolean): Promise<void> => {
    const mark = state?.mark ?? ABSENT;
    const isCertain = certain || unconfirmed === mark;
    unconfirmed = undefined;
    if (mark === known) return;
    let problem: string | undefined;
    if (state !== undefined) {
      try {
        await apply(await fs.read(path, CONFIGURATION_BYTES));
        known = mark;
        return;
      } catch (error) {
        problem = errorText(error);
      }
    }
    if (!isCertain) {
      unconfirmed = mark;
      return;
    }
    known = mark;
    if (problem === undefined) removed();
    else unusable(problem);
  };

  const check = async (): Promise<void> => {
    if (busy) return;
    busy = true;
    try {
      await take(await fs.check(path), false);
    } catch {
      // If the file cannot be checked now, the present configuration stays in use.
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
  const timer = clock.every(WATCH_MILLISECONDS, () => void check());
  return { stop: () => timer.cancel(), started: () => started };
}
