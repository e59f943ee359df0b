import { reachableAddress } from '../../lib/reachable-address.ts';
import type { ProgramOfPorts } from './beside-program.ts';

/** Of a port that a program uses, as `forward` has it: a session that ends is replaced. */
export const ONE_PORT_POLICY = {
  count: 1,
  restarts: true,
  onDemand: false,
  idleMs: undefined,
  checks: false,
} as const;

/** Where programs of this machine reach what is forwarded. */
export interface PortAddress {
  readonly address: string;
  readonly port: number;
}

/** Where programs reach the only port. */
export function localEndpoint([forwarded]: Parameters<ProgramOfPorts>[0]): PortAddress {
  const { address, port = 0 } = forwarded?.local ?? {};
  return { address: reachableAddress(address), port };
}
