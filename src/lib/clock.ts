/** A pending timer of a {@link Clock}. */
export interface Timer {
  /** Stops the timer; a stopped or fired timer may be stopped again. */
  cancel(): void;
}

/** The program's time. It is injected, so that a test can let hours pass at once. */
export interface Clock {
  /** Milliseconds since the epoch; it jumps when the system's clock is set. */
  now(): number;
  /** Milliseconds from an arbitrary start; it never goes back. */
  monotonic(): number;
  /** Calls back once after at least `delay` milliseconds. The timer keeps the process alive. */
  after(delay: number, callback: () => void): Timer;
  /** Calls back every `interval` milliseconds. The timer does not keep the process alive. */
  every(interval: number, callback: () => void): Timer;
}

const NANOSECONDS_PER_MILLISECOND = 1e6;

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  // Not `performance.now()`, which would load more of the runtime at every start.
  monotonic: () => Number(process.hrtime.bigint()) / NANOSECONDS_PER_MILLISECOND,
  after: (delay, callback) => {
    const timeout = setTimeout(callback, delay);
    return { cancel: () => clearTimeout(timeout) };
  },
  every: (interval, callback) => {
    const timeout = setInterval(callback, interval).unref();
    return { cancel: () => clearInterval(timeout) };
  },
};
