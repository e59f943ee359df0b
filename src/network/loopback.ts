import { BlockList, isIP } from 'node:net';

/** How an address of 127.0.0.0/8 begins. An IPv4 address has one spelling. */
const LOOPBACK_IPV4 = '127.';

/**
 * Normalizes a host: without the brackets that a URL puts around an IPv6 address, without the final
 * dot of a fully qualified name, in lower case.
 */
export function bareHost(hostname: string): string {
  return hostname
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '')
    .toLowerCase();
}

/**
 * Whether the host is this machine: `localhost`, 127.0.0.0/8 or ::1 (RFC 6890). Other names are not
 * resolved, because their addresses may change.
 */
export function isLoopback(hostname: string): boolean {
  const host = bareHost(hostname);
  switch (isIP(host)) {
    case 4:
      return host.startsWith(LOOPBACK_IPV4);
    case 6:
      return isLoopbackIpv6(host);
    default:
      return host === 'localhost';
  }
}

/** An address has many spellings; the list knows them all, and loads a part of Node.js. */
function isLoopbackIpv6(address: string): boolean {
  const loopback = new BlockList();
  loopback.addAddress('::1', 'ipv6');
  loopback.addSubnet('127.0.0.0', 8, 'ipv4');
  return loopback.check(address, 'ipv6');
}
