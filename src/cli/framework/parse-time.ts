import { ValueError } from './usage/value-error.ts';
import { shown } from './usage/usage-words.ts';

const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000 };

/**
 * Reads a time: `30s`, `10m`, `1h`.
 *
 * @param longest - in milliseconds, and as people write it
 * @returns milliseconds
 * @throws ValueError
 */
export function parseTime(
  text: string,
  longest: { readonly ms: number; readonly text: string },
): number {
  const time = readTime(text, longest.ms);
  if (time !== undefined) return time;
  throw new ValueError(
    [`Pass a number with its unit, from 1s to ${longest.text}, such as 30s, 10m or 1h.`],
    (what) => `${what} is "${shown(text)}", which is not a time.`,
  );
}

/**
 * Reads a time.
 *
 * @param longestMs - the longest, in milliseconds
 * @returns milliseconds; undefined for a text that is none, and for a longer one
 */
export function readTime(text: string, longestMs: number): number | undefined {
  const [, number = '0', unit = ''] = /^(\d{1,5})([smh])$/.exec(text) ?? [];
  const time = Number(number) * (UNITS[unit] ?? 0);
  return time > 0 && time <= longestMs ? time : undefined;
}
