/**
 * Sessions of one port, or of one proxy, that are being started at the same time. AWS allows an account only a few
 * StartSession calls a second.
 */
export const STARTS_AT_ONCE = 4;

/**
 * A session that takes no connection for this long after its start is given up: programs wait for it. A throttled
 * start is repeated for half a minute, and an agent answers within seconds.
 */
export const JOIN_TIMEOUT_MS = 120_000;
