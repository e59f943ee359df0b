/** English, the one language of the texts: the order is the same on every machine. */
const byNumbers = new Intl.Collator('en', { numeric: true });

/** Compares names as people order them: `web-2` before `web-10`, `Web` beside `web`. */
export function compareNaturally(a: string, b: string): number {
  return byNumbers.compare(a, b);
}

/** Compares things by their names, and those of the same name by their ids. */
export function compareByName(a: Named, b: Named): number {
  return compareNaturally(a.name, b.name) || (a.id < b.id ? -1 : 1);
}

interface Named {
  readonly name: string;
  readonly id: string;
}
