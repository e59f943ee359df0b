import { createBackOff, type BackOff } from '../../../session/connection/back-off.ts';

/**
 * A session that has taken connections for less time was of no use: a destination or an agent that ends each session at
 * once would otherwise be asked for one after another. Longer ones cost a session in this time at most.
 */
export const SHORT_SESSION_MS = 10_000;
/** Between two sessions of which the first was of no use; the AWS SDK has already tried again within a second. */
const FIRST_RESTART_PAUSE_MS = 1_000;
/** A target that boots is noticed within this time. */
const MAX_RESTART_PAUSE_MS = 30_000;

/** How soon a session is followed by the next one. Only one that was of use begins anew. */
export interface RestartPace {
  /** A session has ended that was of use. */
  succeeded(): void;
  /**
   * One has ended that was of no use. The first one in a row is replaced at once, if it has taken connections: it may have ended
   * by chance.
   *
   * @param now - monotonic milliseconds
   */
  failed(now: number, hasJoined: boolean): void;
  /** How long the next one waits from now on, in milliseconds: longer each time. */
  pauseMs(now: number): number;
}

/** @param random - uniform in [0, 1) */
export function createRestartPace(random: () => number): RestartPace {
  let failures = 0;
  let backOff: BackOff | undefined;
  let earliest = 0;
  return {
    succeeded() {
      failures = 0;
      backOff = undefined;
      earliest = 0;
    },
    failed(now, hasJoined) {
      failures++;
      if (failures === 1 && hasJoined) return;
      backOff ??= createBackOff(FIRST_RESTART_PAUSE_MS, MAX_RESTART_PAUSE_MS, random);
      earliest = now + backOff.next();
    },
    pauseMs: (now) => Math.max(0, earliest - now),
  };
}
