/** A longer wait is a schedule, for which there are other tools. */
export const MAX_READY_LIMIT_MS = 24 * 3_600_000;
/** The same as an option takes it. */
export const MAX_READY_LIMIT = '24h';
const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

/** A time as a message writes it: `90 s`, `10 min`, `2 h`. */
export function timeText(milliseconds: number): string {
  const [number, unit] = inUnits(milliseconds);
  return `${number} ${{ s: 's', m: 'min', h: 'h' }[unit]}`;
}

/** Twice the time, as far as that is allowed, as an option takes it: `20m`. */
export function longerWait(milliseconds: number): string {
  const [number, unit] = inUnits(Math.min(2 * milliseconds, MAX_READY_LIMIT_MS));
  return `${number}${unit}`;
}

function inUnits(milliseconds: number): readonly [number, 's' | 'm' | 'h'] {
  if (milliseconds % HOUR_MS === 0) return [milliseconds / HOUR_MS, 'h'];
  if (milliseconds % MINUTE_MS === 0) return [milliseconds / MINUTE_MS, 'm'];
  return [Math.ceil(milliseconds / SECOND_MS), 's'];
}
