/** Callbacks that wait until all messages up to a number are acknowledged. */
export interface AcknowledgementWaiters {
  /** Waits for the messages with numbers below this one. */
  add(beforeSequenceNumber: number, callback: () => void): void;
  /** Calls those that waited for numbers below this one, which all are acknowledged. */
  reached(sequenceNumber: number): void;
  /** Discards all of them. */
  clear(): void;
}

interface Waiter {
  readonly beforeSequenceNumber: number;
  readonly callback: () => void;
}

/** No callbacks yet. */
export function createAcknowledgementWaiters(): AcknowledgementWaiters {
  let waiters: Waiter[] = [];
  return {
    add: (beforeSequenceNumber, callback) => waiters.push({ beforeSequenceNumber, callback }),
    reached(sequenceNumber) {
      if (waiters.length === 0) return;
      const due = waiters.filter((waiter) => waiter.beforeSequenceNumber <= sequenceNumber);
      waiters = waiters.filter((waiter) => waiter.beforeSequenceNumber > sequenceNumber);
      for (const waiter of due) waiter.callback();
    },
    clear: () => (waiters = []),
  };
}
