import { LOOPBACK_NAMES } from './destination.ts';
import { NUMERIC_PATTERN, type Rules } from './rules.ts';

const TARGET_ITSELF = [...LOOPBACK_NAMES, '*.localhost', '127.*', '0.*', '::1', '::'];
/** The last label of a name is no number. */
const IPV4 = /^\d+\.\d+\.\d+\.\d+$/;

/**
 * A proxy auto-configuration file: hosts of the rules go through the proxy, all others directly. Such a file does
 * not know the port.
 *
 * @param proxy - host and port of the proxy
 */
export function pacFile({ allow, deny }: Rules, proxy: string): string {
  const allowed = allow.length === 0 ? ['*'] : allow.map(({ host }) => host);
  const denied = deny.filter(({ ports }) => ports === undefined).map(({ host }) => host);
  const direct = allow.length === 0 ? [...denied, ...TARGET_ITSELF] : denied;
  return `function FindProxyForURL(url, host) {
  function isOne(pattern) {
    return shExpMatch(name, pattern) && (isAddress || !${NUMERIC_PATTERN}.test(pattern));
  }
  function isIn(patterns) {
    for (var i = 0; i < patterns.length; i++) if (isOne(patterns[i])) return true;
    return false;
  }
  var name = host.toLowerCase().replace(/^\\[|\\]$|\\.$/g, "");
  var isAddress = ${IPV4}.test(name);
  var viaProxy = isIn(${JSON.stringify(allowed)}) && !isIn(${JSON.stringify(direct)});
  return viaProxy ? "PROXY ${proxy}" : "DIRECT";
}
`;
}
