/** A longer wait is a schedule, for which there are other tools. */
export const MAX_READY_LIMIT_MS = 24 * 3_600_000;
/** The same as an option takes it. */
export const MAX_READY_LIMIT = '24h';
/** Units of a time, the largest first: as an option takes them, as a message writes them, in milliseconds. */
const UNITS = [
  ['h', 'h', 3_600_000],
  ['m', 'min', 60_000],
  ['s', 's', 1_000],
] as const;

/** A time as a message writes it: `90 s`, `10 min`, `2 h`. */
export function timeText(milliseconds: number): string {
  const { count, unit } = inUnits(milliseconds);
  return `${count} ${unit[1]}`;
}

/** Twice the time, as far as that is allowed, as an option takes it: `20m`. */
export function longerWait(milliseconds: number): string {
  const { count, unit } = inUnits(Math.min(2 * milliseconds, MAX_READY_LIMIT_MS));
  return `${count}${unit[0]}`;
}

/** The largest unit of which the time is a whole number; seconds otherwise. */
function inUnits(milliseconds: number): {
  readonly count: number;
  readonly unit: (typeof UNITS)[number];
} {
  const unit = UNITS.find(([, , length]) => milliseconds % length === 0) ?? UNITS[2];
  return { count: Math.ceil(milliseconds / unit[2]), unit };
}
