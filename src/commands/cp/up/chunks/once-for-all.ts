/**
 * Work that one of several sessions does for all of them. When it is lost with its session, the next one tries.
 *
 * @returns a function that does the work, or waits for it; undefined when the attempt of this caller was lost
 */
export function createOnceForAll<Result, Worker>(
  attempt: (worker: Worker) => Promise<Result | undefined>,
): (worker: Worker) => Promise<Result | undefined> {
  let running: Promise<Result | undefined> | undefined;
  let result: Result | undefined;
  return async (worker) => {
    while (result === undefined && running !== undefined) await running.catch(() => undefined);
    if (result !== undefined) return result;
    running = attempt(worker);
    try {
      result = await running;
      return result;
    } finally {
      running = undefined;
    }
  };
}
