/** How fast a copy is now, not on average: a line may become slow. */
export interface Rate {
  /**
   * Records what was copied so far.
   *
   * @param at - monotonic milliseconds
   * @param bytes - since the beginning
   */
  record(at: number, bytes: number): void;
  /** Bytes a second; 0 before there are two records. */
  perSecond(): number;
}

/** The time that a rate is measured over, in milliseconds: blocks arrive in bursts. */
const RATE_WINDOW_MS = 3_000;
const MS_PER_SECOND = 1_000;

/** A rate of what is recorded from now on. */
export function createRate(): Rate {
  let records: { readonly at: number; readonly bytes: number }[] = [];
  return {
    record(at, bytes) {
      // One record before the window stays: the rate is from there on.
      const start = records.findLastIndex((record) => at - record.at >= RATE_WINDOW_MS);
      records = [...records.slice(Math.max(0, start)), { at, bytes }];
    },
    perSecond() {
      const first = records[0];
      const last = records.at(-1);
      if (first === undefined || last === undefined || last.at === first.at) return 0;
      return ((last.bytes - first.bytes) * MS_PER_SECOND) / (last.at - first.at);
    },
  };
}

const SECONDS_PER_MINUTE = 60;
const MINUTES_PER_HOUR = 60;

/** A duration for people: `0:07`, `1:02:03`. */
export function clockText(seconds: number): string {
  const whole = Math.ceil(seconds);
  const minutes = Math.floor(whole / SECONDS_PER_MINUTE);
  const digits = (number: number): string => String(number).padStart(2, '0');
  const rest = digits(whole % SECONDS_PER_MINUTE);
  if (minutes < MINUTES_PER_HOUR) return `${minutes}:${rest}`;
  return `${Math.floor(minutes / MINUTES_PER_HOUR)}:${digits(minutes % MINUTES_PER_HOUR)}:${rest}`;
}
