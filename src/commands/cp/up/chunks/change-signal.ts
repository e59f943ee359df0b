/** Lets several wait for the next change of something. */
export interface ChangeSignal {
  /** Resolves at the next change. */
  next(): Promise<void>;
  /** Something has changed: all waiters continue. */
  notify(): void;
}

/** A change resumes only those that wait at that time. */
export function createChangeSignal(): ChangeSignal {
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
