import { endpointText } from '../../lib/endpoint-text.ts';

/** One port to forward. */
export interface Forward {
  /** Digits; `0` lets the system choose. Empty without a local port. */
  readonly localPort: string;
  /** A name or address as the target sees it; undefined for the target itself. */
  readonly host: string | undefined;
  /** Digits; empty for a Unix socket. */
  readonly port: string;
  /** Undefined for a TCP port of this machine that is forwarded to one there: the agent can do that, too. */
  readonly relayed?: Relayed;
}

/** What only a relay can forward. */
export type Relayed =
  /** Datagrams. */
  | { readonly kind: 'udp' }
  /** A Unix socket at one end or both; undefined for a port. */
  | {
      readonly kind: 'unix';
      readonly localPath: string | undefined;
      /** Absolute. */
      readonly remotePath: string | undefined;
    };

/** What follows a port of datagrams. */
export const UDP = '/udp';

/** A remote end for people: `db:5432`, `port 80`, `10.0.0.2:53/udp`, `/run/app.sock`. */
export function remoteText(
  forward: Forward,
  shownHost: (host: string) => string = (name) => name,
): string {
  const { host, port, relayed } = forward;
  const path = remotePathOf(forward);
  if (path !== undefined) return path;
  const text = host === undefined ? `port ${port}` : endpointText(shownHost(host), port);
  return relayed?.kind === 'udp' ? text + UDP : text;
}

/** The Unix socket on the target; undefined for a port. */
export function remotePathOf({ relayed }: Forward): string | undefined {
  return relayed?.kind === 'unix' ? relayed.remotePath : undefined;
}

/** The local Unix socket of a port; undefined when it has a number. */
export function localPathOf({ relayed }: Forward): string | undefined {
  return relayed?.kind === 'unix' ? relayed.localPath : undefined;
}
