/** Does a task as soon as fewer than a number of others are under way, in the order of the calls. */
export type TakeTurn = <Result>(task: () => Promise<Result>) => Promise<Result>;

/** @param most - tasks at a time */
export function createTurns(most: number): TakeTurn {
  let free = most;
  const waiting: (() => void)[] = [];
  return async (task) => {
    if (free > 0) free--;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await task();
    } finally {
      const next = waiting.shift();
      if (next === undefined) free++;
      else next();
    }
  };
}
