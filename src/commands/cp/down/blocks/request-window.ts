import { encodedBytes, MAX_UNITS } from './block-request.ts';

/**
 * The most that may be on its way, in bytes of base64. The agent keeps 100 000 messages (some 100 MB) for
 * repeating, but what the line and the service buffer is unknown (docs/design/agent.md#commands). A block
 * of the fastest known target, 16 MB/s of base64, then takes a quarter of a second to arrive.
 */
export const MAX_REQUESTED_BYTES = 4 * 1024 * 1024;

/** The first window, in bytes of base64: one block travels while the target makes the next. */
const FIRST_REQUESTED_BYTES = 2 * encodedBytes(MAX_UNITS);

/** The smallest window, in bytes of base64: on a slow line the largest block alone would take too long. */
const MIN_REQUESTED_BYTES = encodedBytes(1);

/**
 * How much later than the fastest block one may arrive to count as in time, in milliseconds. What is asked
 * for beyond that only waits in buffers of the line.
 */
const IN_TIME_MS = 500;

/** How much later than the fastest block one is late, in milliseconds: the line became slower. */
const LATE_MS = 1_500;

/** How much may be asked for and not yet arrived. */
export interface RequestWindow {
  /** In bytes of base64. */
  readonly bytes: number;
  /**
   * Notes a block that has arrived.
   *
   * @param askedAt - when it was asked for, in milliseconds of a monotonic clock
   * @param now - on the same clock
   */
  arrived(bytes: number, askedAt: number, now: number): void;
  /** Notes that the command on the target has stopped while this was on its way, in bytes of base64. */
  stopped(onTheWay: number): void;
}

/** Creates the window of a download. It doubles in each round trip while blocks arrive in time. */
export function createRequestWindow(): RequestWindow {
  let window = FIRST_REQUESTED_BYTES;
  let ceiling = MAX_REQUESTED_BYTES;
  let fastest = Infinity;
  let shrunkAt = -Infinity;
  return {
    get bytes() {
      return window;
    },
    arrived(bytes, askedAt, now) {
      const took = now - askedAt;
      fastest = Math.min(fastest, took);
      if (took <= fastest + IN_TIME_MS) window = Math.min(window + bytes, ceiling);
      // Blocks that were asked for before it became smaller show nothing about the smaller window.
      if (took < fastest + LATE_MS || askedAt < shrunkAt) return;
      window = Math.max(window / 2, MIN_REQUESTED_BYTES);
      shrunkAt = now;
    },
    stopped(onTheWay) {
      ceiling = Math.max(Math.min(ceiling, onTheWay) / 2, FIRST_REQUESTED_BYTES);
      window = Math.min(window, FIRST_REQUESTED_BYTES);
      fastest = Infinity;
    },
  };
}
