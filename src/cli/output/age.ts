const MS_PER_SECOND = 1_000;
const SECONDS_PER_MINUTE = 60;
const MINUTES_PER_HOUR = 60;
const HOURS_PER_DAY = 24;
/** From this many on, the next larger unit is shown. */
const UNITS = [
  ['s', SECONDS_PER_MINUTE],
  ['min', MINUTES_PER_HOUR],
  ['h', HOURS_PER_DAY],
] as const;

/** `12 s`, `3 min`, `5 h`, `2 d`. */
export function age(milliseconds: number): string {
  let rest = Math.max(0, Math.round(milliseconds / MS_PER_SECOND));
  for (const [unit, next] of UNITS) {
    if (rest < next) return `${rest} ${unit}`;
    rest = Math.floor(rest / next);
  }
  return `${rest} d`;
}
