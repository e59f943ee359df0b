import type { ReportWait, WaitSubject } from '../../aws/report-wait.ts';
import type { Clock, Timer } from '../../lib/clock.ts';

/** A wait is shown when it has taken this long, in milliseconds: most answers are faster. */
const SHOWN_AFTER_MS = 1_000;
const MS_PER_SECOND = 1_000;

/** A wait that is shown. */
export interface LongWait {
  readonly subject: WaitSubject;
  /** Whole seconds since it began. */
  readonly seconds: number;
}

/** What a command waits for. */
export interface Waits {
  readonly report: ReportWait;
  /** Discards all waits that have begun, whether or not they are answered. */
  abandon(): void;
  /**
   * Shows nothing while something else uses the terminal, such as a question.
   *
   * @returns shows waits again; their time begins anew
   */
  pause(): () => void;
  /** Shows waits elsewhere until the returned function is called. */
  divert(show: ShowWait): () => void;
}

/** Shows the longest wait, again each second; undefined when there is none. */
export type ShowWait = (wait: LongWait | undefined) => void;

interface OpenWait {
  readonly subject: WaitSubject;
  /** Monotonic milliseconds. */
  since: number;
}

/** @param showAtFirst - shows waits unless they are diverted */
export function createWaits(clock: Clock, showAtFirst: ShowWait): Waits {
  /** In the order in which they began. */
  const open = new Set<OpenWait>();
  let show = showAtFirst;
  let pauses = 0;
  let isShown = false;
  let timer: Timer | undefined;

  const longest = (): OpenWait | undefined => {
    if (pauses > 0) return undefined;
    return [...open].reduce<OpenWait | undefined>(
      (first, wait) => (first === undefined || wait.since < first.since ? wait : first),
      undefined,
    );
  };
  const schedule = (delay: number): void => {
    timer?.cancel();
    // In its next turn the program reads the answers that came while it was busy.
    timer = clock.after(delay, () => {
      timer = clock.after(0, update);
    });
  };
  const update = (): void => {
    timer?.cancel();
    timer = undefined;
    const wait = longest();
    const elapsed = wait === undefined ? 0 : clock.monotonic() - wait.since;
    const isLong = wait !== undefined && elapsed >= SHOWN_AFTER_MS;
    if (isLong) {
      show({ subject: wait.subject, seconds: Math.floor(elapsed / MS_PER_SECOND) });
    } else if (isShown) {
      show(undefined);
    }
    isShown = isLong;
    if (wait !== undefined) schedule(MS_PER_SECOND - (elapsed % MS_PER_SECOND));
  };

  return {
    report(subject, since = clock.monotonic()) {
      const wait = { subject, since };
      open.add(wait);
      if (timer === undefined) update();
      return () => {
        if (open.delete(wait)) update();
      };
    },
    abandon() {
      open.clear();
      update();
    },
    pause() {
      pauses++;
      update();
      let isPaused = true;
      return () => {
        if (!isPaused) return;
        isPaused = false;
        pauses--;
        for (const wait of open) wait.since = clock.monotonic();
        update();
      };
    },
    divert(showElsewhere) {
      const before = show;
      if (isShown) show(undefined);
      isShown = false;
      show = showElsewhere;
      update();
      return () => {
        if (isShown) show(undefined);
        isShown = false;
        show = before;
        update();
      };
    },
  };
}
