import { parseTime } from '../../cli/framework/parse-time.ts';

/** No session lasts longer than a day. */
const MAX_PORT_IDLE_MS = 24 * 3_600_000;

/**
 * Reads for how long a port is idle before its session is ended: `30s`, `10m`, `1h`.
 *
 * @returns milliseconds
 * @throws ValueError
 */
export function parseIdleTime(text: string): number {
  return parseTime(text, { ms: MAX_PORT_IDLE_MS, text: '24h' });
}
