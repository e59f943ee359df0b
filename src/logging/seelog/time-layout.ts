/**
 * Formats a time.
 *
 * @param time - milliseconds since the epoch
 */
export type TimeFormatter = (time: number) => string;

/** The zone of the formatted time: the machine's, or UTC. */
export type TimeZone = 'local' | 'utc';

interface Moment {
  /** Its UTC fields are the fields of the time in the zone. */
  readonly shifted: Date;
  readonly offsetMinutes: number;
}

const WEEKDAYS = 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'.split(' ');
const MONTHS =
  'January February March April May June July August September October November December'.split(
    ' ',
  );
const SHORT_NAME = 3;

const two = (value: number): string => String(value).padStart(2, '0');
const nameOf = (names: readonly string[], index: number): string => names[index] ?? '';
const month = ({ shifted }: Moment): number => shifted.getUTCMonth() + 1;
const day = ({ shifted }: Moment): number => shifted.getUTCDate();
const twelveHour = ({ shifted }: Moment): number => shifted.getUTCHours() % 12 || 12;
const isMorning = ({ shifted }: Moment): boolean => shifted.getUTCHours() < 12;

function offset({ offsetMinutes }: Moment, separator: string, minutes: boolean): string {
  const size = Math.abs(offsetMinutes);
  const hours = `${offsetMinutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}`;
  return minutes ? `${hours}${separator}${two(size % 60)}` : hours;
}

const dayOfYear = ({ shifted }: Moment): number =>
  Math.floor((shifted.getTime() - Date.UTC(shifted.getUTCFullYear(), 0, 1)) / 86_400_000) + 1;

// The elements of Go's reference time, Mon Jan 2 15:04:05 MST 2006 (Go, package time, "Layout").
const ELEMENTS: ReadonlyMap<string, (moment: Moment) => string> = new Map(
  Object.entries<(moment: Moment) => string>({
    '2006': ({ shifted }) => String(shifted.getUTCFullYear()).padStart(4, '0'),
    '06': ({ shifted }) => two(shifted.getUTCFullYear() % 100),
    January: ({ shifted }) => nameOf(MONTHS, shifted.getUTCMonth()),
    Jan: ({ shifted }) => nameOf(MONTHS, shifted.getUTCMonth()).slice(0, SHORT_NAME),
    '01': (moment) => two(month(moment)),
    '1': (moment) => String(month(moment)),
    Monday: ({ shifted }) => nameOf(WEEKDAYS, shifted.getUTCDay()),
    Mon: ({ shifted }) => nameOf(WEEKDAYS, shifted.getUTCDay()).slice(0, SHORT_NAME),
    '002': (moment) => String(dayOfYear(moment)).padStart(3, '0'),
    '02': (moment) => two(day(moment)),
    _2: (moment) => String(day(moment)).padStart(2),
    '2': (moment) => String(day(moment)),
    '15': ({ shifted }) => two(shifted.getUTCHours()),
    '03': (moment) => two(twelveHour(moment)),
    '3': (moment) => String(twelveHour(moment)),
    '04': ({ shifted }) => two(shifted.getUTCMinutes()),
    '4': ({ shifted }) => String(shifted.getUTCMinutes()),
    '05': ({ shifted }) => two(shifted.getUTCSeconds()),
    '5': ({ shifted }) => String(shifted.getUTCSeconds()),
    PM: (moment) => (isMorning(moment) ? 'AM' : 'PM'),
    pm: (moment) => (isMorning(moment) ? 'am' : 'pm'),
    // Systems abbreviate the machine's zone differently. Go, too, prints the offset of a zone without a
    // name.
    MST: (moment) => (moment.offsetMinutes === 0 ? 'UTC' : offset(moment, '', false)),
    'Z07:00': (moment) => (moment.offsetMinutes === 0 ? 'Z' : offset(moment, ':', true)),
    Z0700: (moment) => (moment.offsetMinutes === 0 ? 'Z' : offset(moment, '', true)),
    '-07:00': (moment) => offset(moment, ':', true),
    '-0700': (moment) => offset(moment, '', true),
    '-07': (moment) => offset(moment, '', false),
  }),
);

const TOKENS =
  /2006|January|Jan|Monday|Mon|MST|Z07:00|Z0700|-07:00|-0700|-07|002|0[1-6]|15|_2|PM|pm|[.,](?:0+|9+)(?!\d)|[1-5]/g;

const NANOSECOND_DIGITS = 9;

// The clock has milliseconds. The digits after them are zero.
function fraction({ shifted }: Moment, token: string): string {
  const digits = `${String(shifted.getUTCMilliseconds()).padStart(3, '0')}000000`
    .slice(0, NANOSECOND_DIGITS)
    .slice(0, token.length - 1);
  const kept = token.charAt(1) === '9' ? digits.replace(/0+$/, '') : digits;
  return kept === '' ? '' : `${token.charAt(0)}${kept}`;
}

/**
 * Compiles a layout of Go's time package, which shows the reference time in the wanted form:
 * `2006-01-02 15:04:05.000`. All other text is literal.
 */
export function compileTimeLayout(layout: string, zone: TimeZone): TimeFormatter {
  const pieces: ((moment: Moment) => string)[] = [];
  let end = 0;
  for (const match of layout.matchAll(TOKENS)) {
    const [token] = match;
    const literal = layout.slice(end, match.index);
    pieces.push(() => literal);
    pieces.push(ELEMENTS.get(token) ?? ((moment) => fraction(moment, token)));
    end = match.index + token.length;
  }
  const rest = layout.slice(end);
  return (time) => {
    const offsetMinutes = zone === 'utc' ? 0 : -new Date(time).getTimezoneOffset();
    const moment = { shifted: new Date(time + offsetMinutes * 60_000), offsetMinutes };
    return pieces.map((piece) => piece(moment)).join('') + rest;
  };
}
