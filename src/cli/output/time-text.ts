/** The time as programs read it. */
export function isoText(time: number): string {
  return new Date(time).toISOString();
}

/** In this machine's time zone, without fractions of a second: `2026-01-31 09:05:00`. */
export function timeText(time: number): string {
  const date = new Date(time);
  const two = (part: number): string => String(part).padStart(2, '0');
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join('-');
  const clock = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':');
  return `${day} ${clock}`;
}
