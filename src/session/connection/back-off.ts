/** Growing, jittered delays between tries. */
export interface BackOff {
  /** Milliseconds to wait before the next try. */
  next(): number;
}

/**
 * @param firstMs - the first delay is random between this and its double
 * @param maxMs - no delay is longer
 * @param random - uniform in [0, 1)
 */
export function createBackOff(firstMs: number, maxMs: number, random: () => number): BackOff {
  let base = firstMs;
  return {
    next() {
      const delay = Math.min(maxMs, base * (1 + random()));
      base = Math.min(maxMs, base * 2);
      return delay;
    },
  };
}
