import { localPathOf, remotePathOf, type Forward } from './forward.ts';
import type { ForwardedPort } from './forwarded-port.ts';

/** Where a forwarded port leads from and to, for programs. Of a Unix socket only the path matters. */
export interface PortEnds {
  /** As the target sees it; `host` is null for the target itself. */
  readonly destination: { readonly host: string | null; readonly port: number } & SocketPath;
  /** Until the port listens, `address` is null and `port` the one asked for: 0 for any. */
  readonly local: { readonly address: string | null; readonly port: number } & SocketPath;
  /** Only for datagrams. */
  readonly protocol?: 'udp' | undefined;
  /** Only for a port of the target that is forwarded to `local`. */
  readonly reverse?: true | undefined;
}

interface SocketPath {
  readonly path?: string | undefined;
}

/** The ends of a port, as they are known now. */
export function endsOf({ forward, local }: Pick<ForwardedPort, 'forward' | 'local'>): PortEnds {
  const { host = null, port, relayed } = forward;
  if (relayed?.kind === 'reverse') {
    const { to } = relayed;
    return {
      destination: { host: local.address ?? null, port: local.port },
      local:
        to.kind === 'unix'
          ? { address: null, port: 0, path: to.path }
          : { address: to.host, port: Number(to.port) },
      reverse: true,
    };
  }
  const localPath = localPathOf(forward);
  const remotePath = remotePathOf(forward);
  return {
    destination: { host, port: Number(port), ...pathMember(remotePath) },
    local:
      localPath === undefined
        ? { address: local.address ?? null, port: local.port }
        : { address: null, port: 0, path: localPath },
    ...(relayed?.kind === 'udp' && { protocol: 'udp' }),
  };
}

/** The port that has these ends. */
export function forwardOf({ destination, local, protocol, reverse }: PortEnds): Forward {
  if (reverse === true) {
    const to =
      local.path === undefined
        ? ({ kind: 'tcp', host: local.address ?? '', port: String(local.port) } as const)
        : ({ kind: 'unix', path: local.path } as const);
    const relayed = { kind: 'reverse', address: destination.host ?? '', to } as const;
    return { localPort: '', host: undefined, port: String(destination.port), relayed };
  }
  const forward = {
    localPort: String(local.port),
    host: destination.host ?? undefined,
    port: String(destination.port),
  };
  if (protocol !== undefined) return { ...forward, relayed: { kind: protocol } };
  const localPath = local.path;
  const remotePath = destination.path;
  if (localPath === undefined && remotePath === undefined) return forward;
  return { ...forward, relayed: { kind: 'unix', localPath, remotePath } };
}

function pathMember(path: string | undefined): SocketPath {
  return path === undefined ? {} : { path };
}
