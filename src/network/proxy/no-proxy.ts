import { BlockList, isIP } from 'node:net';
import { bareHost } from '../loopback.ts';

/**
 * Whether a NO_PROXY list exempts a host from the proxy. Entries are separated by commas or white space.
 * They mean the same as for curl and the AWS CLI:
 *
 * - `*`: every host;
 * - `example.com`, `.example.com`, `*.example.com`: that domain and everything below it;
 * - `10.0.0.7`, `2001:db8::7`, `[2001:db8::7]`: an address;
 * - `10.0.0.0/8`, `2001:db8::/32`: all addresses of a network (a host *name* is not resolved for it);
 * - any of these, except networks, followed by `:port`: only that port.
 *
 * @param hostname - as in `URL.hostname`
 * @param port - the port of the connection
 */
export function isExemptFromProxy(hostname: string, port: number, noProxy: string): boolean {
  const host = bareHost(hostname);
  return noProxy.split(/[\s,]+/).some((entry) => entry !== '' && matches(entry, host, port));
}

function matches(entry: string, host: string, port: number): boolean {
  if (entry === '*') return true;
  if (entry.includes('/')) return isInNetwork(host, entry);
  const { pattern, onlyPort } = splitPort(entry);
  if (onlyPort !== undefined && onlyPort !== port) return false;
  if (pattern === '*') return true;
  const bare = bareHost(pattern).replace(/^\*?\./, '');
  if (bare === '') return false;
  if (isIP(host) !== 0 || isIP(bare) !== 0) return isSameAddress(host, bare);
  return host === bare || host.endsWith(`.${bare}`);
}

function splitPort(entry: string): { pattern: string; onlyPort: number | undefined } {
  if (isIP(entry) === 6) return { pattern: entry, onlyPort: undefined };
  const match = /^(.+):(\d+)$/.exec(entry);
  if (match === null) return { pattern: entry, onlyPort: undefined };
  return { pattern: match[1] ?? '', onlyPort: Number(match[2]) };
}

function isSameAddress(host: string, address: string): boolean {
  const family = isIP(host);
  if (family === 0 || family !== isIP(address)) return false;
  return isInNetwork(host, `${address}/${family === 4 ? '32' : '128'}`);
}

function isInNetwork(host: string, network: string): boolean {
  const [address = '', bits = ''] = network.split('/');
  const family = isIP(host);
  const bare = bareHost(address);
  const prefix = Number(bits);
  const longest = family === 4 ? 32 : 128;
  if (family === 0 || family !== isIP(bare)) return false;
  if (!/^\d+$/.test(bits) || prefix > longest) return false;
  const list = new BlockList();
  list.addSubnet(bare, prefix, family === 4 ? 'ipv4' : 'ipv6');
  return list.check(host, family === 4 ? 'ipv4' : 'ipv6');
}
