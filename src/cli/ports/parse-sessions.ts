import { ValueError } from '../framework/usage/value-error.ts';
import { shown } from '../framework/usage/usage-words.ts';

/** Sessions of one port when `--sessions` is not passed. */
export const DEFAULT_SESSIONS = 1;
/**
 * The most sessions of one port. Sixteen carry about 10 MB/s down, more than one process and the agent of a
 * small instance can do; each counts against the quotas of the account.
 */
export const MOST_SESSIONS = 16;

/**
 * Reads how many sessions serve each port.
 *
 * @throws ValueError
 */
export function parseSessions(text: string): number {
  const sessions = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (sessions >= 1 && sessions <= MOST_SESSIONS) return sessions;
  throw new ValueError(
    [`Pass a number from 1 to ${MOST_SESSIONS}.`],
    (what) => `${what} is "${shown(text)}", which is not a number of sessions.`,
  );
}
