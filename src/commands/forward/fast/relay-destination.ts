import { remotePathOf, type Forward } from '../../../cli/ports/forward.ts';
import type { RelayDestination } from '../../../relay/protocol/write-frames.ts';

/** The target itself, as its own programs name it. */
const TARGET_ITSELF = 'localhost';

/** Where the relay connects to. */
export function destinationOf(forward: Forward): RelayDestination {
  const { host, port, relayed } = forward;
  const path = remotePathOf(forward);
  if (path !== undefined) return { kind: 'unix', address: path, port: 0 };
  const kind = relayed?.kind === 'udp' ? 'udp' : 'tcp';
  return { kind, address: host ?? TARGET_ITSELF, port: Number(port) };
}
