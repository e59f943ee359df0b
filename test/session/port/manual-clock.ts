import type { Clock, Timer } from '../../../src/clock.ts';

/** A clock that stands still until the test moves it. */
export interface ManualClock extends Clock {
  /** Lets time pass; timers fire when they are due, in order, those set meanwhile included. */
  advance(milliseconds: number): void;
  /** Timers that wait. */
  readonly pending: number;
}

interface Waiting {
  due: number;
  /** Undefined for a timer that fires once. */
  readonly interval: number | undefined;
  readonly callback: () => void;
}

/** A clock at 0. */
export function createManualClock(): ManualClock {
  const timers = new Set<Waiting>();
  let time = 0;

  const add = (delay: number, interval: number | undefined, callback: () => void): Timer => {
    const timer = { due: time + delay, interval, callback };
    timers.add(timer);
    return { cancel: () => void timers.delete(timer) };
  };
  const earliest = (until: number): Waiting | undefined =>
    [...timers].filter((timer) => timer.due <= until).sort((a, b) => a.due - b.due)[0];

  return {
    now: () => time,
    monotonic: () => time,
    after: (delay, callback) => add(delay, undefined, callback),
    every: (interval, callback) => add(interval, interval, callback),
    advance(milliseconds) {
      const until = time + milliseconds;
      for (let timer = earliest(until); timer !== undefined; timer = earliest(until)) {
        time = timer.due;
        if (timer.interval === undefined) timers.delete(timer);
        else timer.due += timer.interval;
        timer.callback();
      }
      time = until;
    },
    get pending() {
      return timers.size;
    },
  };
}
