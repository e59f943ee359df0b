import type { Clock } from '../../src/clock.ts';

/** A clock whose timers run when the test says so; the time of day is the machine's. */
export interface ManualClock extends Clock {
  /** Lets time pass and runs the timers that become due, one after another. */
  advance(milliseconds: number): void;
  /** Timers that have neither run out nor been cancelled. */
  readonly pending: number;
}

interface Entry {
  due: number;
  readonly interval: number | undefined;
  readonly callback: () => void;
}

/** Starts at zero. */
export function createManualClock(): ManualClock {
  const entries = new Set<Entry>();
  let passed = 0;

  const add = (delay: number, interval: number | undefined, callback: () => void) => {
    const entry: Entry = { due: passed + delay, interval, callback };
    entries.add(entry);
    return { cancel: () => void entries.delete(entry) };
  };

  return {
    now: () => Date.now(),
    monotonic: () => passed,
    after: (delay, callback) => add(delay, undefined, callback),
    every: (interval, callback) => add(interval, interval, callback),
    advance: (milliseconds) => {
      passed += milliseconds;
      for (const entry of entries) {
        if (entry.due > passed) continue;
        if (entry.interval === undefined) entries.delete(entry);
        else entry.due = passed + entry.interval;
        entry.callback();
      }
    },
    get pending() {
      return entries.size;
    },
  };
}
