/** Remedies that failures of several tables have. Each is a sentence without its full stop. */
export const CHECK_NETWORK =
  'Check the network connection and the firewall. If this network needs a proxy, set HTTPS_PROXY';
export const LIST_TARGETS = 'To list the managed nodes, run `session-manager-plugin targets`';
export const LIST_SESSIONS = 'To list your sessions, run `session-manager-plugin sessions`';

/** @param interactively - the whole command, to paste */
export function runInTerminal(interactively: string): string {
  return `To run the command in a terminal, without an exit status:\n  ${interactively}`;
}
