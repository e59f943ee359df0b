import type { Rules } from './rules.ts';

const TARGET_ITSELF = ['localhost', '*.localhost', '127.*', '::1'];

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
  function isIn(patterns) {
    for (var i = 0; i < patterns.length; i++) if (shExpMatch(name, patterns[i])) return true;
    return false;
  }
  var name = host.toLowerCase().replace(/^\\[|\\]$|\\.$/g, "");
  var viaProxy = isIn(${JSON.stringify(allowed)}) && !isIn(${JSON.stringify(direct)});
  return viaProxy ? "PROXY ${proxy}" : "DIRECT";
}
`;
}
