import { MAX_STREAM_WINDOW_BYTES } from './frames.ts';

/** Part of what is left that one stream gets beside the floor: the first streams get the largest window. */
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

/** Windows for streams whose sum is at most the total: a stream that comes late gets a smaller one. */
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
