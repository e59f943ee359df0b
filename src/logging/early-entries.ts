import type { LogEntry } from './log-entry.ts';

/** Entries kept until the configuration is read; of more, the oldest go. */
export const EARLY_ENTRIES = 500;

/** What is logged before it is known where to. */
export interface EarlyEntries {
  readonly keep: (entry: LogEntry) => void;
  /** Hands out what was kept, in order, and keeps nothing any more. */
  release(write: (entry: LogEntry) => void): void;
}

/** Starts with nothing kept. */
export function createEarlyEntries(): EarlyEntries {
  let entries: LogEntry[] = [];
  let dropped = 0;
  return {
    keep: (entry) => {
      entries.push(entry);
      if (entries.length <= EARLY_ENTRIES) return;
      entries.shift();
      dropped += 1;
    },
    release: (write) => {
      const [first] = entries;
      if (dropped > 0 && first !== undefined) {
        const message = `${dropped} log messages were dropped before the configuration was read`;
        write({ ...first, level: 'warn', message });
      }
      entries.forEach(write);
      entries = [];
      dropped = 0;
    },
  };
}
