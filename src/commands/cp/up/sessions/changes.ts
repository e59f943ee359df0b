/** Lets several wait for the next change of something. */
export interface Changes {
  /** Resolves at the next change. */
  next(): Promise<void>;
  /** Something has changed: all who wait continue. */
  notify(): void;
}

/** A change resumes only who waits at that time. */
export function createChanges(): Changes {
  let waiting: (() => void)[] = [];
  return {
    next: () => new Promise((resolve) => waiting.push(resolve)),
    notify() {
      const woken = waiting;
      waiting = [];
      for (const resume of woken) resume();
    },
  };
}
