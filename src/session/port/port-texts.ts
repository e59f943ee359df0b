/**
 * The texts of port sessions. Programs wait for them and read the port from them
 * (docs/design/protocol.md#texts), so no character of them may change.
 */
import { isIPv4 } from 'node:net';
import type { ListeningOn } from './listen/bind.ts';

/** Local programs can connect. */
export function openedText(on: ListeningOn, sessionId: string): string {
  const what = on.kind === 'tcp' ? `Port ${on.port}` : `Unix socket ${on.path}`;
  return `${what} opened for sessionId ${sessionId}.\nWaiting for connections...\n`;
}

/** The first local connection of a multiplexed session. */
export function multiplexedConnectionText(sessionId: string): string {
  return `\nConnection accepted for session [${sessionId}]\n`;
}

/** The first local connection of a basic session. */
export function basicConnectionText(sessionId: string): string {
  return `Connection accepted for session ${sessionId}.\n`;
}

/** The agent could not connect to the target's port. */
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
export function refusedWarning(open: number): string {
  return `Connection refused: the limit of open files allows only ${open} connections. Raise the limit (ulimit -n) and start again.`;
}

/** Reachable from this machine only (127.0.0.0/8, RFC 1122; ::1, RFC 4291). */
function isLoopback(address: string): boolean {
  return address === '::1' || (isIPv4(address) && address.startsWith('127.'));
}
