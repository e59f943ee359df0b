import { isIPv4 } from 'node:net';

/** Whether an address can be reached from this machine only (127.0.0.0/8, RFC 1122; ::1, RFC 4291). */
export function isLoopback(address: string): boolean {
  return address === '::1' || (isIPv4(address) && address.startsWith('127.'));
}
