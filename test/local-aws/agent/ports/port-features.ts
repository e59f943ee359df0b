import { compareVersions } from '../../../../src/protocol/version.ts';

const LOCAL_PORT_FORWARDING = 'LocalPortForwarding';
/** Agents above this version multiplex. */
const LAST_BASIC_AGENT = '3.0.196.0';
/** Agents up to this version expect smux keep-alive. */
const LAST_KEEP_ALIVE_AGENT = '3.1.1511.0';
/** Clients from this version on multiplex. */
const FIRST_MUX_CLIENT = '1.1.70.0';
/** Newer agents keep connections of clients up to this version alive. */
const LAST_KEEP_ALIVE_CLIENT = '1.2.331.0';

/** How an agent forwards a port. */
export type PortMode =
  | { readonly kind: 'mux'; readonly keepAlive: boolean }
  | { readonly kind: 'basic' }
  | { readonly kind: 'stdio' };

/**
 * What an agent of one version does with a client of another
 * (docs/design/protocol.md#client-version).
 */
export function portMode(type: string, agentVersion: string, clientVersion: string): PortMode {
  if (type !== LOCAL_PORT_FORWARDING) return { kind: 'stdio' };
  const multiplexes =
    compareVersions(agentVersion, LAST_BASIC_AGENT) > 0 &&
    compareVersions(clientVersion, FIRST_MUX_CLIENT) >= 0;
  if (!multiplexes) return { kind: 'basic' };
  return {
    kind: 'mux',
    keepAlive:
      compareVersions(agentVersion, LAST_KEEP_ALIVE_AGENT) <= 0 ||
      compareVersions(clientVersion, LAST_KEEP_ALIVE_CLIENT) <= 0,
  };
}
