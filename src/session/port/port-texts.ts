import { isIPv4 } from 'node:net';
import type { ListeningOn } from './listen/bind.ts';
import type { RefusalReason } from './port-event.ts';

/**
 * The agent could not connect to the target's port. Programs read this text and the next one
 * (docs/design/protocol.md#texts), so no character of them may change.
 */
export const DESTINATION_FAILED_TEXT =
  '\nConnection to destination port failed, check SSM Agent logs.\n';

/** A signal ends the session. */
export const TERMINATE_SIGNAL_TEXT = 'Terminate signal received, exiting.\n';

/** A notice when other machines can reach the listener; undefined when they cannot. */
export function exposedWarning(on: ListeningOn): string | undefined {
  if (on.kind === 'unix') return undefined;
  const exposed = on.addresses.filter((address) => !isLoopback(address));
  if (exposed.length === 0) return undefined;
  return `Warning: port ${on.port} listens on ${exposed.join(', ')}: other machines can use this session.`;
}

/** A notice that a connection was refused because this many are open. */
export function refusedWarning({
  open,
  because,
}: {
  readonly open: number;
  readonly because: RefusalReason;
}): string {
  if (because === 'waiting')
    return `Connection refused: ${open} connections wait for a session. Start fewer programs, or wait until the session is ready.`;
  return `Connection refused: the limit of open files allows only ${open} connections. Raise the limit (ulimit -n) and start again.`;
}

/** Reachable from this machine only (127.0.0.0/8, RFC 1122; ::1, RFC 4291). */
function isLoopback(address: string): boolean {
  return address === '::1' || (isIPv4(address) && address.startsWith('127.'));
}
