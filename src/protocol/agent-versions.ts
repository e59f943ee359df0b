/*
 * Only the version of an agent shows what it can do. Each of these is the last version without a
 * feature (docs/design/protocol.md#ports and docs/design/protocol.md#keep-alive).
 */

/** Later agents understand the TerminateSession flag, with which a forwarded port closes at once. */
export const LAST_AGENT_WITHOUT_TERMINATE_FLAG = '2.3.722.0';
/** Later agents use smux: several connections at a time through a forwarded port. */
export const LAST_BASIC_AGENT = '3.0.196.0';
/** Later agents end an idle session in time only without keep-alive. */
export const LAST_KEEP_ALIVE_AGENT = '3.1.1511.0';
