import type { Clock } from '../../lib/clock.ts';
import { createDeferred } from '../../lib/deferred.ts';

/** Longer timers fire at once (Node.js, `setTimeout`). */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** The time of a recording that is played. */
export interface Playback {
  /**
   * Waits until a time of the recording.
   *
   * @param atMs - milliseconds since its start; one that has passed already needs no wait
   * @returns false when the playback was stopped
   */
  until(atMs: number): Promise<boolean>;
  /** Pauses, or continues after a pause. */
  togglePause(): void;
  /** Ends the playback. Idempotent. */
  stop(): void;
}

/**
 * Shortens long pauses.
 *
 * @param limitMs - the longest one
 * @returns takes the time of each event in order, and returns when it is shown, both in milliseconds since the start
 */
export function createPauseLimit(limitMs: number): (atMs: number) => number {
  let latestMs = 0;
  let skippedMs = 0;
  return (atMs) => {
    skippedMs += Math.max(0, atMs - latestMs - limitMs);
    latestMs = Math.max(latestMs, atMs);
    return atMs - skippedMs;
  };
}

type State = 'playing' | 'paused' | 'stopped';

/** @param speed - how many times as fast as recorded, above 0 */
export function createPlayback(clock: Pick<Clock, 'monotonic' | 'after'>, speed: number): Playback {
  let state: State = 'playing';
  /** Of the recording, when the clock was read last. */
  let playedMs = 0;
  let readAt = clock.monotonic();
  /** Resolved by each change of the state. */
  let change = createDeferred<undefined>();

  const advance = (): void => {
    const now = clock.monotonic();
    if (state === 'playing') playedMs += (now - readAt) * speed;
    readAt = now;
  };
  const enter = (next: State): void => {
    advance();
    state = next;
    change.resolve(undefined);
    change = createDeferred();
  };
  const passes = async (ms: number): Promise<void> => {
    const passed = createDeferred<undefined>();
    const timer = clock.after(Math.min(ms, MAX_TIMER_MS), () => passed.resolve(undefined));
    await Promise.race([passed.promise, change.promise]);
    timer.cancel();
  };
  return {
    async until(atMs) {
      for (;;) {
        advance();
        if (state === 'stopped') return false;
        if (state === 'paused') await change.promise;
        else if (playedMs >= atMs) return true;
        else await passes((atMs - playedMs) / speed);
      }
    },
    togglePause() {
      if (state !== 'stopped') enter(state === 'paused' ? 'playing' : 'paused');
    },
    stop: () => enter('stopped'),
  };
}
