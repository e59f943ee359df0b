import { HIGHEST_PORT } from '../../lib/highest-port.ts';
import { ValueError } from './usage/value-error.ts';
import { shown } from './usage/usage-words.ts';

/** Whether a text is the number of a TCP port: decimal digits. */
export function isPort(text: string): boolean {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  return port >= 1 && port <= HIGHEST_PORT;
}

/**
 * The number of a TCP port, as an argument of a command.
 *
 * @param whole - the argument that the port is a part of
 * @returns digits without leading zeros
 * @throws ValueError
 */
export function parsePort(text: string, whole = text): string {
  if (isPort(text)) return String(Number(text));
  throw invalidPort(text, whole);
}

/** A free port, which the system picks. */
export const FREE_PORT = '0';

/** A local port: the number of one, or {@link FREE_PORT}. @throws ValueError */
export function parseLocalPort(text: string): string {
  return text === FREE_PORT ? text : parsePort(text);
}

/** @param whole - the argument that the port is a part of */
export function invalidPort(text: string, whole: string): ValueError {
  const place = text === whole ? '' : ` in "${shown(whole)}"`;
  return new ValueError(
    [`A port is a number from 1 to ${HIGHEST_PORT}.`],
    () => `"${shown(text)}"${place} is not a port.`,
  );
}
