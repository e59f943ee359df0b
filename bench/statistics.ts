/**
 * The value below which a share of the values is (nearest rank).
 *
 * @param values - at least one
 * @param share - from 0 to 1; 0.5 is the median
 */
export function percentile(values: readonly number[], share: number): number {
  const ascending = values.toSorted((a, b) => a - b);
  const rank = Math.max(0, Math.ceil(share * ascending.length) - 1);
  return ascending[rank] ?? NaN;
}

/** The middle value. */
export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}
