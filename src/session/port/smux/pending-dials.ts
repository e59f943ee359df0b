import type { Clock } from '../../../lib/clock.ts';

/**
 * After this many milliseconds without an answer a dial counts as slow: more than the round trip to most
 * targets and on to their destinations.
 */
const SLOW_DIAL_MS = 300;
/**
 * A slow dial makes its session as busy as this many more connections, because all later ones wait for it. It is
 * bounded: a connection whose program only waits looks the same.
 */
const SLOW_DIAL_LOAD = 8;

/**
 * The streams that the agent may not have dialled yet. It dials one after another, in the order in which the
 * streams were opened (docs/design/agent.md#ports), and never confirms it: the first frame that comes back on
 * a stream shows that it has dialled this one, and all before it.
 */
export interface PendingDials {
  /** How busy they make the session, in connections. */
  readonly load: number;
  opened(streamId: number): void;
  /** The agent has sent a frame on the stream, which may be closed here already. */
  answered(streamId: number): void;
  /** The agent never learns of the stream. */
  withdrawn(streamId: number): void;
}

/** No stream has been opened. */
export function createPendingDials(clock: Pick<Clock, 'monotonic'>): PendingDials {
  // A Map keeps the order of insertion. A program that has given up leaves its dial pending.
  const openedAt = new Map<number, number>();
  return {
    get load() {
      const [oldest = Infinity] = openedAt.values();
      const isSlow = clock.monotonic() - oldest > SLOW_DIAL_MS;
      return openedAt.size + (isSlow ? SLOW_DIAL_LOAD : 0);
    },
    opened: (streamId) => void openedAt.set(streamId, clock.monotonic()),
    answered(streamId) {
      if (!openedAt.has(streamId)) return;
      for (const earlier of openedAt.keys()) {
        openedAt.delete(earlier);
        if (earlier === streamId) return;
      }
    },
    withdrawn: (streamId) => void openedAt.delete(streamId),
  };
}
