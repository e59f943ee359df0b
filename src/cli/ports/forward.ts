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
    }
  | ReverseForward;

/** A port of the target that is forwarded to this machine: `port` is that of the target, and may be 0. */
export interface ReverseForward {
  readonly kind: 'reverse';
  /** Where the target listens. */
  readonly address: string;
  /** The destination here. */
  readonly to:
    | { readonly kind: 'tcp'; readonly host: string; readonly port: string }
    | { readonly kind: 'unix'; readonly path: string };
}

/** Whether one of some ports can be forwarded only by a relay. */
export function needRelay(ports: readonly { readonly relayed?: Relayed | undefined }[]): boolean {
  return ports.some(({ relayed }) => relayed !== undefined);
}

/** What follows a port of datagrams. */
export const UDP = '/udp';

/** A remote end for people: `db:5432`, `port 80`, `10.0.0.2:53/udp`, `/run/app.sock`. */
export function remoteText(
  forward: Forward,
  shownHost: (host: string) => string = (name) => name,
): string {
  const { host, port, relayed } = forward;
  if (relayed?.kind === 'reverse') return `← ${port === '0' ? 'any port' : `port ${port}`}`;
  const path = remotePathOf(forward);
  if (path !== undefined) return path;
  const text = host === undefined ? `port ${port}` : endpointText(shownHost(host), port);
  return relayed?.kind === 'udp' ? text + UDP : text;
}

/** The destination here of a port of the target, for people; undefined for a port of this machine. */
export function reverseText({ relayed }: Pick<Forward, 'relayed'>): string | undefined {
  if (relayed?.kind !== 'reverse') return undefined;
  const { to } = relayed;
  return to.kind === 'unix' ? to.path : endpointText(to.host, to.port);
}

/** The Unix socket on the target; undefined for a port. */
export function remotePathOf({ relayed }: Forward): string | undefined {
  return relayed?.kind === 'unix' ? relayed.remotePath : undefined;
}

/** The local Unix socket of a port; undefined when it has a number. */
export function localPathOf({ relayed }: Forward): string | undefined {
  return relayed?.kind === 'unix' ? relayed.localPath : undefined;
}
