import { MAX_STREAM_WINDOW_BYTES } from './frames.ts';

/** Part of what is left that one stream gets: the first streams get the largest window, and there is always a rest. */
const SHARE_OF_REST = 16;

/** Bytes that may wait for slow destinations, over all streams. */
export interface WindowBudget {
  /** The window of a new stream. */
  grant(): number;
  /** The stream of a window is closed. */
  release(window: number): void;
}

/**
 * Windows for streams whose sum is bounded: a stream that comes late gets a smaller one.
 *
 * @param total - bytes for all streams
 * @param floor - bytes that each stream gets, also when nothing is left
 */
export function createWindowBudget(total: number, floor: number): WindowBudget {
  let granted = 0;
  return {
    grant() {
      const share = Math.floor((total - granted) / SHARE_OF_REST);
      const window = Math.min(MAX_STREAM_WINDOW_BYTES, Math.max(floor, share));
      granted += window;
      return window;
    },
    release(window) {
      granted -= window;
    },
  };
}
