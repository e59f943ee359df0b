import type { Clock, Timer } from '../../../src/lib/clock.ts';

/** The machine's clock, which a test can let run faster: half a minute passes in a moment. */
export interface CompressibleClock extends Clock {
  /** How many times as fast as the machine's clock time passes from now on. Pending timers follow. */
  setSpeed(times: number): void;
  /** Resolves when this much of the clock's own time has passed. */
  pass(milliseconds: number): Promise<void>;
}

interface Pending {
  due: number;
  readonly interval: number | undefined;
  readonly callback: () => void;
  timeout: NodeJS.Timeout;
}

/** Runs at the machine's speed until a test changes it. */
export function createCompressibleClock(): CompressibleClock {
  const pending = new Set<Pending>();
  const wallStart = Date.now();
  let speed = 1;
  let base = 0;
  let realBase = performance.now();

  const elapsed = (): number => base + (performance.now() - realBase) * speed;
  const fire = (entry: Pending): void => {
    if (entry.interval === undefined) {
      pending.delete(entry);
    } else {
      entry.due = Math.max(entry.due + entry.interval, elapsed());
      arm(entry);
    }
    entry.callback();
  };
  const arm = (entry: Pending): void => {
    entry.timeout = setTimeout(() => fire(entry), Math.max(0, entry.due - elapsed()) / speed);
    if (entry.interval !== undefined) entry.timeout.unref();
  };
  const add = (delay: number, interval: number | undefined, callback: () => void): Timer => {
    const due = elapsed() + delay;
    const entry: Pending = { due, interval, callback, timeout: setTimeout(() => undefined) };
    clearTimeout(entry.timeout);
    pending.add(entry);
    arm(entry);
    return {
      cancel() {
        pending.delete(entry);
        clearTimeout(entry.timeout);
      },
    };
  };
  const clock: CompressibleClock = {
    now: () => wallStart + elapsed(),
    monotonic: elapsed,
    after: (delay, callback) => add(delay, undefined, callback),
    every: (interval, callback) => add(interval, interval, callback),
    setSpeed(times) {
      base = elapsed();
      realBase = performance.now();
      speed = times;
      for (const entry of pending) {
        clearTimeout(entry.timeout);
        arm(entry);
      }
    },
    pass: (milliseconds) =>
      new Promise((resolve) => {
        clock.after(milliseconds, resolve);
      }),
  };
  return clock;
}
