import type { Clock } from '../../lib/clock.ts';

/** A reconnect longer than this is reported to the user. */
const NOTICE_AFTER_MS = 3_000;

/** The time without a connection, from a loss to the first answer on another socket. */
export interface Loss {
  /** Monotonic milliseconds of its beginning. */
  readonly since: number;
  /** The token from before the loss was tried again, because resuming was refused. */
  triedOldToken: boolean;
  /** Ends the loss and its timer. @returns whether the loss was reported */
  end(): boolean;
}

/**
 * A connection was lost just now.
 *
 * @param report - called once when it takes longer than a few seconds, with `since`
 */
export function beginLoss(clock: Clock, report: (since: number) => void): Loss {
  const since = clock.monotonic();
  let isReported = false;
  const notice = clock.after(NOTICE_AFTER_MS, () => {
    isReported = true;
    report(since);
  });
  return {
    since,
    triedOldToken: false,
    end() {
      notice.cancel();
      return isReported;
    },
  };
}
