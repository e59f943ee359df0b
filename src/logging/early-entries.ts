import type { LogEntry } from './log-entry.ts';

/** Entries kept until the configuration is read. If there are more, the oldest are dropped. */
export const EARLY_ENTRIES = 500;

/** Entries that are logged before the configuration is read. */
export interface EarlyEntries {
  readonly keep: (entry: LogEntry) => void;
  /** Passes on the kept entries, in order, and discards them. */
  release(write: (entry: LogEntry) => void): void;
}

/** No entries yet. */
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
