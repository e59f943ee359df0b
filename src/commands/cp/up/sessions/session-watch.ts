import type { Clock, Timer } from '../../../../lib/clock.ts';

/**
 * How long nothing is sent to a session that has nothing to do, in milliseconds. The service ends idle sessions after a
 * minute at the earliest (docs/design/agent.md#timing).
 */
const KEEP_ALIVE_MS = 20_000;
/**
 * How long a target may take for an answer while nothing of what is sent leaves, in milliseconds. While a script runs
 * there, lines come every 10 s. What has left and is on its way, at most 256 KiB (MAX_WINDOW_BYTES of
 * send-window.ts), arrives in this time by an uplink of 2.2 KB/s for the session.
 */
const TARGET_ANSWER_MS = 120_000;
/** Between two looks, in milliseconds. */
const WATCH_INTERVAL_MS = 10_000;

/** A session as its watch sees it. */
export interface WatchedSession {
  /** Changes with each line of the target, and when a part of what is sent leaves. */
  activity(): string;
  /** Whether the target has something to answer. */
  owes(): boolean;
  /** Whether there is a connection: a lost one is made again, and its session continues. */
  isConnected(): boolean;
  /** Sends something that the target answers. */
  keepAlive(): void;
  /** The target does not answer. */
  stalled(): void;
}

/** Keeps a session from being idle, and notices when its target has stopped. */
export function watchSession(clock: Clock, session: WatchedSession): Timer {
  let last = { activity: session.activity(), at: clock.monotonic() };
  return clock.every(WATCH_INTERVAL_MS, () => {
    const activity = session.activity();
    const now = clock.monotonic();
    if (activity !== last.activity || !session.isConnected()) {
      last = { activity, at: now };
      return;
    }
    const quietMs = now - last.at;
    if (!session.owes() && quietMs >= KEEP_ALIVE_MS) session.keepAlive();
    else if (session.owes() && quietMs >= TARGET_ANSWER_MS) session.stalled();
  });
}
