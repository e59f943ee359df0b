import type { RestartPace } from '../run/start/restart-pace.ts';

/**
 * A pace for the users of a tunnel, who all report its end: one who had use of it makes it one that was of use, and of
 * failures one counts.
 *
 * @param tunnel - the last one; undefined before the first
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
