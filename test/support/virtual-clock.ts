import type { Clock, Timer } from '../../src/lib/clock.ts';

/** A clock that stops until a test moves it: hours pass at once. */
export interface VirtualClock extends Clock {
  /** Lets time pass, firing what becomes due in order. */
  advance(milliseconds: number): void;
  /**
   * Lets time pass while the program is stopped: everything that became due fires late, an
   * interval once, as in Node.js.
   */
  skip(milliseconds: number): void;
  /** Moves only the wall clock, as the sleep of a machine does. */
  jump(milliseconds: number): void;
  /** Timers that would still fire. */
  readonly pending: number;
}

interface Entry {
  due: number;
  readonly interval: number | undefined;
  order: number;
  readonly callback: () => void;
  cancelled: boolean;
}

/** @param start - wall time at the beginning, milliseconds since the epoch */
export function createVirtualClock(start = 1_700_000_000_000): VirtualClock {
  let elapsed = 0;
  let offset = 0;
  let order = 0;
  let pending = 0;
  const queue = createTimerQueue();

  const add = (delay: number, interval: number | undefined, callback: () => void): Timer => {
    const entry: Entry = {
      due: elapsed + Math.max(delay, 0),
      interval,
      order: order++,
      callback,
      cancelled: false,
    };
    pending++;
    queue.push(entry);
    return {
      cancel() {
        if (entry.cancelled) return;
        entry.cancelled = true;
        pending--;
      },
    };
  };
  const advance = (milliseconds: number): void => {
    const end = elapsed + milliseconds;
    for (let next = queue.popUntil(end); next !== undefined; next = queue.popUntil(end)) {
      if (next.cancelled) continue;
      elapsed = Math.max(elapsed, next.due);
      if (next.interval === undefined) {
        next.cancelled = true;
        pending--;
      } else {
        next.due = elapsed + next.interval;
        next.order = order++;
        queue.push(next);
      }
      next.callback();
    }
    elapsed = end;
  };
  return {
    now: () => start + elapsed + offset,
    monotonic: () => elapsed,
    after: (delay, callback) => add(delay, undefined, callback),
    every: (interval, callback) => add(interval, interval, callback),
    advance,
    skip(milliseconds) {
      elapsed += milliseconds;
      advance(0);
    },
    jump(milliseconds) {
      offset += milliseconds;
    },
    get pending() {
      return pending;
    },
  };
}

interface TimerQueue {
  push(entry: Entry): void;
  /** The earliest entry due by `end`; of two due at once the one set first. */
  popUntil(end: number): Entry | undefined;
}

/** A binary heap: a lossy path with a long delay has thousands of frames on their way. */
function createTimerQueue(): TimerQueue {
  const heap: Entry[] = [];
  const isBefore = (a: Entry, b: Entry): boolean =>
    a.due < b.due || (a.due === b.due && a.order < b.order);
  const rise = (index: number, entry: Entry): void => {
    let at = index;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || !isBefore(entry, above)) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = entry;
  };
  const sink = (entry: Entry): void => {
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      let below = heap[child];
      const right = heap[child + 1];
      if (below !== undefined && right !== undefined && isBefore(right, below)) {
        child++;
        below = right;
      }
      if (below === undefined || !isBefore(below, entry)) break;
      heap[at] = below;
      at = child;
    }
    heap[at] = entry;
  };
  return {
    push(entry) {
      heap.push(entry);
      rise(heap.length - 1, entry);
    },
    popUntil(end) {
      const first = heap[0];
      if (first === undefined || first.due > end) return undefined;
      const last = heap.pop();
      if (last !== undefined && heap.length > 0) sink(last);
      return first;
    },
  };
}
