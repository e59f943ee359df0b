import { parseTime, readTime } from '../framework/parse-time.ts';

/** No session lasts longer than a day. */
const MAX_PORT_IDLE_MS = 24 * 3_600_000;

/**
 * Reads for how long a port is idle before its session is ended: `30s`, `10m`, `1h`.
 *
 * @returns milliseconds; undefined for a text that is no such time
 */
export function readIdleTime(text: string): number | undefined {
  return readTime(text, MAX_PORT_IDLE_MS);
}

/**
 * Reads it as the value of an option.
 *
 * @returns milliseconds
 * @throws ValueError
 */
export function parseIdleTime(text: string): number {
  return parseTime(text, { ms: MAX_PORT_IDLE_MS, text: '24h' });
}
