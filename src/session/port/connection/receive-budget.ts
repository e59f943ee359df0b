import type { SessionLink } from '../../session-type.ts';

/**
 * Memory held for slow local readers, in bytes, all connections together, above which nothing more is
 * read from the service. smux version 1 has no window of its own
 * (docs/design/protocol.md#back-pressure), so this is what bounds the memory of a download.
 */
export const RECEIVE_BUDGET_BYTES = 1024 * 1024;
/** Reading goes on once so much is left: far enough below the limit not to stop and go all the time. */
export const RECEIVE_BUDGET_RESUME_BYTES = RECEIVE_BUDGET_BYTES / 2;

/** The account of what came from the target and was not yet taken by local readers. */
export interface ReceiveBudget {
  readonly total: number;
  /** Nothing is read from the service because too much is held. */
  readonly paused: boolean;
  add(bytes: number): void;
  remove(bytes: number): void;
  /** Calls back once nothing is held: now, if that is so. Only one callback is kept. */
  whenNone(callback: () => void): void;
}

/** An empty account that pauses and resumes the session's receiving. */
export function createReceiveBudget(
  link: Pick<SessionLink, 'pauseReceiving' | 'resumeReceiving'>,
): ReceiveBudget {
  let total = 0;
  let paused = false;
  let onNone: (() => void) | undefined;
  return {
    get total() {
      return total;
    },
    get paused() {
      return paused;
    },
    add(bytes) {
      total += bytes;
      if (paused || total <= RECEIVE_BUDGET_BYTES) return;
      paused = true;
      link.pauseReceiving();
    },
    remove(bytes) {
      total -= bytes;
      if (paused && total < RECEIVE_BUDGET_RESUME_BYTES) {
        paused = false;
        link.resumeReceiving();
      }
      if (total === 0 && onNone !== undefined) {
        const callback = onNone;
        onNone = undefined;
        callback();
      }
    },
    whenNone(callback) {
      if (total === 0) callback();
      else onNone = callback;
    },
  };
}
