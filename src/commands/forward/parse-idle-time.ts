import { ValueError } from '../../cli/framework/usage/value-error.ts';
import { shown } from '../../cli/framework/usage/usage-words.ts';

const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000 };
/** No session lasts longer than a day. */
const MAX_PORT_IDLE_MS = 24 * 3_600_000;

/**
 * Reads for how long a port is idle before its session is ended: `30s`, `10m`, `1h`.
 *
 * @returns milliseconds
 * @throws ValueError
 */
export function parseIdleTime(text: string): number {
  const [, number = '0', unit = ''] = /^(\d{1,5})([smh])$/.exec(text) ?? [];
  const time = Number(number) * (UNITS[unit] ?? 0);
  if (time > 0 && time <= MAX_PORT_IDLE_MS) return time;
  throw new ValueError(
    ['Pass a number with its unit, from 1s to 24h, such as 30s, 10m or 1h.'],
    (what) => `${what} is "${shown(text)}", which is not a time.`,
  );
}
