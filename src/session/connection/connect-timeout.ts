/**
 * Time limit of one attempt, in milliseconds, however slowly its bytes arrive: proxies and firewalls that drop
 * packets must not hang the program.
 */
export const CONNECT_TIMEOUT_MS = 15_000;
