import type { Server } from 'node:net';
import { dirname } from 'node:path';
import type { PortHost } from '../port-host.ts';
import type { LocalEndpoint } from '../properties.ts';
import { isListenError, tcpListenError, unixListenError } from './listen-error.ts';
import type { Servers } from './servers.ts';
import { assertSocketPathFits } from './unix-socket-path.ts';

/** What listening needs of the machine. */
export type ListeningHost = Pick<
  PortHost,
  'createServer' | 'logger' | 'localHost' | 'platform' | 'umask' | 'exists'
>;

/** Where local programs can connect. */
export type ListeningOn =
  | {
      readonly kind: 'tcp';
      readonly port: number;
      /** The addresses bound, all with the same port. */
      readonly addresses: readonly string[];
    }
  | { readonly kind: 'unix'; readonly path: string };

const IPV4_LOOPBACK = '127.0.0.1';
const IPV6_LOOPBACK = '::1';
const LOCALHOST = 'localhost';
/**
 * How often the system chooses another port when the one it chose for 127.0.0.1 is in use on ::1. An attempt
 * fails with the probability that a port is in use, so this many failures in a row do not happen.
 */
const CHOICES_LIMIT = 16;
/** Reading and writing for the owner only: the socket gives access to the destination. */
const OWNER_ONLY_UMASK = 0o177;

/**
 * Binds servers for local programs: on `localhost`, that is 127.0.0.1 and, if the machine has it, ::1;
 * on the host's `localHost` instead if it is set; or on a unix socket (docs/design/protocol.md#ports).
 *
 * @throws ListenError when it cannot listen
 */
export function bind(
  local: LocalEndpoint,
  host: ListeningHost,
  servers: Servers,
): Promise<ListeningOn> {
  if (local.kind === 'unix') return bindUnix(local.path, host, servers);
  if (host.localHost === '' || host.localHost === LOCALHOST) {
    return bindLocalhost(local.port, servers);
  }
  return bindHost(host.localHost.replace(/^\[(.*)\]$/, '$1'), local.port, servers);
}

const bindTcp = (address: string, port: number, servers: Servers): Promise<Server> =>
  servers.bind({ host: address, port }, (error) => tcpListenError(address, port, error));

async function bindLocalhost(port: number, servers: Servers): Promise<ListeningOn> {
  for (let choice = 1; ; choice++) {
    const ipv4 = await bindTcp(IPV4_LOOPBACK, port, servers);
    const chosen = portOf(ipv4, port);
    try {
      await bindTcp(IPV6_LOOPBACK, chosen, servers);
      return { kind: 'tcp', port: chosen, addresses: [IPV4_LOOPBACK, IPV6_LOOPBACK] };
    } catch (error) {
      // A machine without IPv6 listens on IPv4 alone. But a program that connects to `localhost` may
      // try ::1 first, and must not reach a server of another program there.
      if (!isListenError(error) || error.reason !== 'in-use') {
        return { kind: 'tcp', port: chosen, addresses: [IPV4_LOOPBACK] };
      }
      servers.remove(ipv4);
      if (port !== 0 || choice === CHOICES_LIMIT) throw error;
    }
  }
}

async function bindHost(address: string, port: number, servers: Servers): Promise<ListeningOn> {
  const server = await bindTcp(address, port, servers);
  const bound = server.address();
  const name = typeof bound === 'object' && bound !== null ? bound.address : address;
  return { kind: 'tcp', port: portOf(server, port), addresses: [name] };
}

async function bindUnix(path: string, host: ListeningHost, servers: Servers): Promise<ListeningOn> {
  assertSocketPathFits(path, host.platform);
  const before = host.umask(OWNER_ONLY_UMASK);
  let bound: Promise<Server>;
  try {
    // The file exists before this call returns, so the mask applies to no other file.
    bound = servers.bind({ path }, (error) =>
      unixListenError(path, error, host.exists(dirname(path))),
    );
  } finally {
    host.umask(before);
  }
  await bound;
  return { kind: 'unix', path };
}

function portOf(server: Server, requested: number): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : requested;
}
