import { isIPv4, isIPv6, SocketAddress } from 'node:net';
import { HIGHEST_PORT } from '../../../lib/highest-port.ts';

/** Where a client of the proxy wants to connect to, as the target sees it. */
export interface Destination {
  /** A name in lower case, or an address in its shortest form, without brackets. */
  readonly host: string;
  readonly port: number;
}

/** DNS allows no longer name (RFC 1035, section 2.3.4). */
const LONGEST_NAME = 253;
const LABEL = /^[a-z0-9_-]{1,63}$/;
/** A name whose last label is a number is an address that some resolvers understand, such as 127.1. */
const NUMBER = /^(?:\d+|0x[\da-f]*)$/;
const MAPPED_IPV4 = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/;
const HOST_AND_PORT = /^(?:\[([^\]]*)\]|([^:[\]]+)):(\d{1,5})$/;

/**
 * Reads a host and a port in one form for each destination, so that no other form of a denied address is
 * allowed.
 *
 * @returns undefined for a text that is not a name, address or port
 */
export function readDestination(host: string, port: number): Destination | undefined {
  if (!Number.isInteger(port) || port < 1 || port > HIGHEST_PORT) return undefined;
  const known = readHost(host);
  return known === undefined ? undefined : { host: known, port };
}

/** Reads `HOST:PORT`, with an IPv6 address in brackets. */
export function readAuthority(text: string): Destination | undefined {
  const [, address, name, port] = HOST_AND_PORT.exec(text) ?? [];
  if (address !== undefined && !isIPv6(address)) return undefined;
  return readDestination(address ?? name ?? '', Number(port));
}

/** Names of loopback in `/etc/hosts` of Debian and of Red Hat (setup), beside `localhost` and names in it (RFC 6761). */
export const LOOPBACK_NAMES = [
  ...['localhost', 'localhost.localdomain', 'ip6-localhost', 'ip6-loopback'],
  ...['localhost4', 'localhost4.localdomain4', 'localhost6', 'localhost6.localdomain6'],
];

/**
 * Whether it is the target itself, by a name or an address of loopback: there are often services on it that trust every
 * local program.
 */
export function isTargetItself({ host }: Destination): boolean {
  const name = withoutRoot(host);
  if (LOOPBACK_NAMES.includes(name) || name.endsWith('.localhost')) return true;
  return (isIPv4(host) && /^(?:127|0)\./.test(host)) || host === '::1' || host === '::';
}

/** The name of the metadata service in the DNS of EC2. */
const METADATA_NAME = /^instance-data(?:\..*)?$/;
/** Link-local addresses, and those of AWS's services on an instance beside them (EC2 User Guide, "IMDS"). */
const INSTANCE_ADDRESS = /^(?:169\.254\.|fe[89ab][\da-f]:|fd00:ec2:)/;

/** Whether it gives programs of the target credentials, among others: the metadata of instances and containers. */
export function isMetadata({ host }: Destination): boolean {
  return INSTANCE_ADDRESS.test(host) || METADATA_NAME.test(withoutRoot(host));
}

/** Without the dot of an absolute name: both forms are the same host. */
export function withoutRoot(host: string): string {
  return host.endsWith('.') ? host.slice(0, -1) : host;
}

/** One form of a host. @returns undefined for a text that is not a name or address */
export function readHost(host: string): string | undefined {
  if (isIPv4(host)) return host;
  if (isIPv6(host)) {
    if (host.includes('%')) return undefined;
    const { address } = new SocketAddress({ address: host, family: 'ipv6' });
    return MAPPED_IPV4.exec(address)?.[1] ?? address;
  }
  const name = host.toLowerCase();
  const labels = withoutRoot(name).split('.');
  const isName = name.length <= LONGEST_NAME && labels.every((label) => LABEL.test(label));
  return isName && !NUMBER.test(labels.at(-1) ?? '') ? name : undefined;
}
