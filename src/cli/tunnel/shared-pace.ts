import type { RestartPace } from '../run/start/restart-pace.ts';

/**
 * A pace for the users of a tunnel, who all report how it went. After a success, failures of the same tunnel are ignored;
 * without one, they count once.
 *
 * @param tunnel - returns the latest tunnel; undefined before the first
 */
export function sharePace(pace: RestartPace, tunnel: () => object | undefined): RestartPace {
  let reported: object | undefined;
  return {
    succeeded() {
      reported = tunnel();
      pace.succeeded();
    },
    failed(now, hasJoined) {
      if (reported !== undefined && reported === tunnel()) return;
      reported = tunnel();
      pace.failed(now, hasJoined);
    },
    pauseMs: (now) => pace.pauseMs(now),
  };
}
