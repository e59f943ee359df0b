import { LAST_BASIC_AGENT, LAST_KEEP_ALIVE_AGENT } from '../../protocol/agent-versions.ts';
import { HIGHEST_PORT } from '../../lib/highest-port.ts';
import { stringMember, type JsonObject } from '../../lib/json.ts';
import { portFailures } from '../../failures/ports.ts';
import { compareVersions } from '../../protocol/version.ts';
import type { SessionFailure } from '../ending.ts';

/** The end of the forwarding on this machine. */
export type LocalEndpoint =
  | {
      readonly kind: 'tcp';
      /** 0: the system chooses. */
      readonly port: number;
    }
  | { readonly kind: 'unix'; readonly path: string };

/** What kind of port session the handshake asks for. */
export type PortProperties =
  | {
      readonly kind: 'multiplexed';
      readonly local: LocalEndpoint;
      /** The agent expects smux keep-alive. */
      readonly keepAlive: boolean;
    }
  | { readonly kind: 'basic'; readonly local: LocalEndpoint }
  | { readonly kind: 'stdio' }
  | {
      /** The properties are invalid; the failure names the invalid one. */
      readonly kind: 'invalid';
      readonly failure: SessionFailure;
    };

const LOCAL_PORT_FORWARDING = 'LocalPortForwarding';
const UNIX = 'unix';

/**
 * Reads the Properties of a handshake's SessionType action (docs/design/protocol.md#ports). All of
 * them are strings, and any may be absent.
 *
 * @param agentVersion - four dotted numbers
 */
export function parsePortProperties(properties: JsonObject, agentVersion: string): PortProperties {
  if (stringMember(properties, 'type') !== LOCAL_PORT_FORWARDING) return { kind: 'stdio' };
  const local = parseLocalEndpoint(properties);
  if (local.kind === 'invalid') return local;
  if (compareVersions(agentVersion, LAST_BASIC_AGENT) <= 0) return { kind: 'basic', local };
  const keepAlive = compareVersions(agentVersion, LAST_KEEP_ALIVE_AGENT) <= 0;
  return { kind: 'multiplexed', local, keepAlive };
}

/** The local end of a forwarded port, from properties or from the parameters that become properties. */
export function parseLocalEndpoint(
  properties: JsonObject,
): LocalEndpoint | Extract<PortProperties, { readonly kind: 'invalid' }> {
  if (stringMember(properties, 'localConnectionType') === UNIX) {
    const path = stringMember(properties, 'localUnixSocket');
    if (path === '') {
      return invalid(path, 'listen unix: localUnixSocket names no path');
    }
    return { kind: 'unix', path };
  }
  const text = stringMember(properties, 'localPortNumber');
  if (text === '') return { kind: 'tcp', port: 0 };
  if (!/^[+-]?\d+$/.test(text)) {
    return invalid(text, `listen tcp: lookup tcp/${text}: unknown port`);
  }
  const port = Number(text);
  if (port < 0 || port > HIGHEST_PORT) {
    return invalid(text, `listen tcp: address ${text}: invalid port`);
  }
  return { kind: 'tcp', port };
}

/** @param callerText - in the words of Go's `net` package, which callers know */
function invalid(
  text: string,
  callerText: string,
): Extract<PortProperties, { readonly kind: 'invalid' }> {
  const failure =
    text === '' ? portFailures['socket-path-missing']() : portFailures['port-invalid'](text);
  return { kind: 'invalid', failure: { ...failure, callerText } };
}
