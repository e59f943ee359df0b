import { MAX_STREAM_WINDOW_BYTES } from './frames.ts';

/** Divisor: a stream gets the floor and this part of the rest, so the first streams get the largest windows. */
const SHARE_OF_REST = 16;

/** Bytes that may wait for slow destinations, over all streams. */
export interface WindowBudget {
  /** The window of a new stream. */
  grant(): number;
  /** The stream of a window is closed. */
  release(window: number): void;
}

/** What a budget divides. */
export interface WindowBudgetLimits {
  /** Bytes of all streams: at least the floor of each. */
  readonly total: number;
  /** Bytes that each stream gets, however many there are. */
  readonly floor: number;
  /** Streams at the same time, at most: the floor of each is kept for it. */
  readonly streams: number;
}

/** Divides the total among the windows of streams: later streams get smaller windows. */
export function createWindowBudget({ total, floor, streams }: WindowBudgetLimits): WindowBudget {
  let left = total - floor * streams;
  return {
    grant() {
      const share = Math.floor(left / SHARE_OF_REST);
      const window = Math.min(MAX_STREAM_WINDOW_BYTES, floor + share);
      left -= window - floor;
      return window;
    },
    release(window) {
      left += window - floor;
    },
  };
}
