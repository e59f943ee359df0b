import { BlockList, isIP } from 'node:net';

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

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
      return LOOPBACK.check(host, 'ipv4');
    case 6:
      return LOOPBACK.check(host, 'ipv6');
    default:
      return host === 'localhost';
  }
}
