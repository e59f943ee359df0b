/*
 * What an agent can do is told by its version alone: each of these is the last that could not yet,
 * or no longer should (docs/design/protocol.md#ports and docs/design/protocol.md#keep-alive).
 */

/** Agents above this one understand the TerminateSession flag, with which a forwarded port closes at once. */
export const LAST_AGENT_WITHOUT_TERMINATE_FLAG = '2.3.722.0';
/** Agents above this one speak smux: several connections at a time through a forwarded port. */
export const LAST_BASIC_AGENT = '3.0.196.0';
/** Agents above this one end an idle session in time only when there is no keep-alive. */
export const LAST_KEEP_ALIVE_AGENT = '3.1.1511.0';
