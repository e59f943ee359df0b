/** Time limit of one attempt: proxies and firewalls that drop packets must not hang the program. */
export const CONNECT_TIMEOUT_MS = 15_000;
