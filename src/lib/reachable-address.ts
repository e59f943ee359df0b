const LOOPBACK = '127.0.0.1';
/** What programs listen on for all addresses, and the address of this machine among them (RFC 1122, RFC 4291). */
const OF_ALL: Readonly<Record<string, string>> = { '0.0.0.0': LOOPBACK, '::': '::1' };

/** The address at which programs of this machine reach what listens on an address; undefined for the usual one. */
export function reachableAddress(listening: string = LOOPBACK): string {
  return OF_ALL[listening] ?? listening;
}
