import { InvalidArgumentError } from 'commander';

const HIGHEST_PORT = 65_535;

/**
 * The number of a TCP port, as an argument of a command.
 *
 * @returns digits without leading zeros
 * @throws InvalidArgumentError which commander shows with the argument's name
 */
export function parsePort(text: string): string {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port >= 1 && port <= HIGHEST_PORT) return String(port);
  throw new InvalidArgumentError(`A port is a number from 1 to ${HIGHEST_PORT}.`);
}
