import { isIP, SocketAddress } from 'node:net';

/**
 * Where the agent forwards no port to: instance metadata, DNS and time of the VPC and their like
 * (`DefaultDeniedPortForwardingRemoteIPs` of its 3.3; docs/design/agent.md#destinations). What it adds
 * of the network the node is in does not exist here.
 */
const DENIED = [
  '169.254.169.254',
  'fd00:ec2::254',
  '169.254.169.253',
  'fd00:ec2::253',
  '169.254.169.123',
  'fd00:ec2::123',
  '169.254.169.250',
  '169.254.169.251',
  'fd00:ec2::240',
];

/**
 * The agent's message when it refuses to forward to a host; undefined when it does not refuse. It sends it
 * when the session begins, before it dials.
 *
 * @param host - a name or an address; only addresses are checked, never names
 */
export function refusalOf(host: string): string | undefined {
  const family = isIP(host) === 6 ? 'ipv6' : 'ipv4';
  if (isIP(host) === 0) return undefined;
  const { address } = new SocketAddress({ address: host, family });
  return DENIED.includes(address) ? `Forwarding to IP address ${host} is forbidden.` : undefined;
}
