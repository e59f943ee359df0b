import { InvalidArgumentError } from 'commander';
import { parsePort } from './parse-port.ts';

/** One port to forward. */
export interface Forward {
  /** Digits; `0` lets the system choose. */
  readonly localPort: string;
  /** A name or address as the target sees it; undefined for the target itself. */
  readonly host: string | undefined;
  /** Digits. */
  readonly port: string;
}

/** Local port, host (a name, an IPv4 address, or an IPv6 address in brackets), and port. */
const FORWARD = /^(?:(\d+):)?(?:(\[[^\]]+\]|[^:[\]\s]*[^:[\]\s\d][^:[\]\s]*):)?([^:]+)$/;
const SYSTEM_CHOOSES = '0';

/**
 * Reads `[LOCAL:]PORT` or `[LOCAL:]HOST:PORT`. Without LOCAL the local port has the same number.
 *
 * @param before - those of the arguments in front
 * @throws InvalidArgumentError which commander shows with the argument's name
 */
export function parseForward(
  text: string,
  before: readonly Forward[] | undefined,
): readonly Forward[] {
  const [, local, host, remote] = FORWARD.exec(text) ?? [];
  if (remote === undefined) {
    throw new InvalidArgumentError('Give PORT, LOCAL:PORT, HOST:PORT or LOCAL:HOST:PORT.');
  }
  const port = parsePort(remote);
  const forward = {
    localPort: local === undefined ? port : local === SYSTEM_CHOOSES ? local : parsePort(local),
    host: host?.replace(/^\[(.*)\]$/, '$1'),
    port,
  };
  return [...(before ?? []), forward];
}
