const BYTES_PER_UNIT = 1024;
const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;
/** From here on tenths would make a number wider than `1023`. */
const FIRST_WITHOUT_TENTHS = 100;

/** A number of bytes for people: `0 B`, `1.5 KiB`. */
export function quantity(bytes: number): string {
  const { rest, unit } = split(bytes);
  return `${unit === 0 ? rest : rest.toFixed(1)} ${UNITS[unit] ?? ''}`;
}

/** The same in at most 8 characters, for columns: `0 B`, `99.9 KiB`, `1023 MiB`. */
export function shortQuantity(bytes: number): string {
  const { rest, unit } = split(bytes);
  return `${atMostFour(rest, unit)} ${UNITS[unit] ?? ''}`;
}

/** The same in at most 5 characters, for narrow columns: `0`, `99.9K`, `1023M`. */
export function shortestQuantity(bytes: number): string {
  const { rest, unit } = split(bytes);
  return `${atMostFour(rest, unit)}${unit === 0 ? '' : (UNITS[unit]?.[0] ?? '')}`;
}

/** Cut, not rounded: `100.0` would be a character wider. */
function atMostFour(rest: number, unit: number): string {
  return unit > 0 && rest < FIRST_WITHOUT_TENTHS
    ? (Math.floor(rest * 10) / 10).toFixed(1)
    : String(Math.floor(rest));
}

function split(bytes: number): { readonly rest: number; readonly unit: number } {
  let rest = bytes;
  let unit = 0;
  while (rest >= BYTES_PER_UNIT && unit < UNITS.length - 1) {
    rest /= BYTES_PER_UNIT;
    unit++;
  }
  return { rest, unit };
}
