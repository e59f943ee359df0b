/**
 * Runs work for each item, some at a time, in the order of the items.
 *
 * @param limit - how many run at a time
 * @returns the results in the order of the items, whichever ends first: what is made of them does not depend on the clock
 * @throws the first error of the work; what runs then goes on, and no other item begins
 */
export async function runAtOnce<Item, Result>(
  items: readonly Item[],
  limit: number,
  work: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
  const waiting = items.entries();
  const results = new Map<number, Result>();
  let hasFailed = false;
  const next = async (): Promise<void> => {
    for (const [index, item] of waiting) {
      if (hasFailed) return;
      results.set(index, await work(item));
    }
  };
  const fail = (error: unknown): never => {
    hasFailed = true;
    throw error;
  };
  await Promise.all(Array.from({ length: limit }, () => next().catch(fail)));
  return [...results].sort(([first], [second]) => first - second).map(([, result]) => result);
}
