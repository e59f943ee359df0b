import { BlockList, isIP } from 'node:net';

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

/**
 * A host as people and certificates write it: without the brackets of an IPv6 address in a URL and
 * without the final dot of a fully qualified name, in lower case.
 */
export function bareHost(hostname: string): string {
  return hostname
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '')
    .toLowerCase();
}

/**
 * Whether the host is this machine: `localhost`, 127.0.0.0/8 or ::1 (RFC 6890). Names are not looked
 * up: another name may change where it leads.
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
