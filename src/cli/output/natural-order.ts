/** English, the one language of the texts: the order is the same on every machine. */
const byNumbers = new Intl.Collator('en', { numeric: true });

/** Compares names as people order them: `web-2` before `web-10`, `Web` beside `web`. */
export function compareNaturally(a: string, b: string): number {
  return byNumbers.compare(a, b);
}
