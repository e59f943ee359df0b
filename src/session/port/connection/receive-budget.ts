import type { SessionLink } from '../../session-type.ts';

/**
 * Memory for slow local readers, in bytes, all connections of a session together. Above it nothing more
 * is read from the service. smux version 1 has no window of its own
 * (docs/design/protocol.md#back-pressure), so this limits the memory of a download.
 */
export const RECEIVE_BUDGET_BYTES = 1024 * 1024;
/**
 * Below it reading resumes. The distance to the limit keeps reading from stopping and starting all the time.
 */
export const RECEIVE_BUDGET_RESUME_BYTES = RECEIVE_BUDGET_BYTES / 2;

/** Counts what came from the target and is not yet written to the local readers. */
export interface ReceiveBudget {
  /** In bytes of memory. */
  readonly used: number;
  /** The service is not read because the budget is used up. */
  readonly paused: boolean;
  add(bytes: number): void;
  remove(bytes: number): void;
  /** Calls back once when nothing is buffered, which may be now. Only the last callback is kept. */
  whenEmpty(callback: () => void): void;
}

/** An unused budget, which pauses and resumes the receiving of the session. */
export function createReceiveBudget(
  link: Pick<SessionLink, 'pauseReceiving' | 'resumeReceiving'>,
): ReceiveBudget {
  let used = 0;
  let paused = false;
  let onEmpty: (() => void) | undefined;
  return {
    get used() {
      return used;
    },
    get paused() {
      return paused;
    },
    add(bytes) {
      used += bytes;
      if (paused || used <= RECEIVE_BUDGET_BYTES) return;
      paused = true;
      link.pauseReceiving();
    },
    remove(bytes) {
      used -= bytes;
      if (paused && used < RECEIVE_BUDGET_RESUME_BYTES) {
        paused = false;
        link.resumeReceiving();
      }
      if (used > 0) return;
      const callback = onEmpty;
      onEmpty = undefined;
      callback?.();
    },
    whenEmpty(callback) {
      if (used === 0) callback();
      else onEmpty = callback;
    },
  };
}
