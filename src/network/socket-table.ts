import { endianness } from 'node:os';
import { isIPv4, isIPv6 } from 'node:net';

/** One end of a TCP connection. */
export interface SocketAddress {
  /** As the runtime writes it: `127.0.0.1`, `::1`, `::ffff:127.0.0.1`. */
  readonly address: string;
  readonly port: number;
}

/** States of `include/net/tcp_states.h`: a socket has sent its FIN and has not received the peer's. */
const FIN_WAIT_STATES: ReadonlySet<string> = new Set(['04', '05']);
/** A socket that no process has open has no inode. */
const NO_INODE = '0';
/** Columns of a row (proc(5), `/proc/net/tcp`). */
const LOCAL = 1;
const REMOTE = 2;
const STATE = 3;
const INODE = 9;

/** The connections in a copy of `/proc/net/tcp` and `/proc/net/tcp6`. */
export interface SocketTable {
  /**
   * True when the table shows both ends of the connection, and no process has the one at `remote` open:
   * its program has closed it. A program that has only ended its sending direction still has it open.
   * If one end is missing, it is on another machine or in another network namespace, or the table shows
   * no inodes.
   */
  isClosedByPeer(local: SocketAddress, remote: SocketAddress): boolean;
}

/**
 * Reads copies of `/proc/net/tcp` and `/proc/net/tcp6`, headers and cut last lines included.
 *
 * @param texts - the contents of the files, in any order
 */
export function parseSocketTable(texts: readonly string[]): SocketTable {
  const owned = new Set<string>();
  const closed = new Set<string>();
  for (const text of texts) {
    for (const line of text.split('\n')) {
      const columns = line.trim().split(/\s+/);
      const inode = columns[INODE];
      if (inode === undefined) continue;
      const ends = `${columns[LOCAL]} ${columns[REMOTE]}`;
      if (inode !== NO_INODE) owned.add(ends);
      else if (FIN_WAIT_STATES.has(columns[STATE] ?? '')) closed.add(ends);
    }
  }
  return {
    isClosedByPeer(local, remote) {
      const localSpellings = spellings(local);
      const remoteSpellings = spellings(remote);
      return localSpellings.some(
        (own, form) =>
          owned.has(`${own} ${remoteSpellings[form]}`) &&
          localSpellings.some((to, as) => closed.has(`${remoteSpellings[as]} ${to}`)),
      );
    },
  };
}

/** The forms of an end in the table: an IPv4 address of an IPv6 socket is a mapped one. */
function spellings({ address, port }: SocketAddress): readonly string[] {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const ipv4 = address.replace(/^::ffff:(?=[\d.]+$)/i, '');
  if (isIPv4(ipv4)) {
    const bytes = Buffer.from(ipv4.split('.').map(Number));
    const mapped = Buffer.concat([Buffer.alloc(10), Buffer.from([0xff, 0xff]), bytes]);
    return [hexWords(bytes) + suffix, hexWords(mapped) + suffix];
  }
  return isIPv6(address) ? [hexWords(ipv6Bytes(address)) + suffix] : [];
}

/** The table writes each 32-bit word of an address as a number of the machine. */
function hexWords(bytes: Buffer): string {
  const words = Buffer.from(bytes);
  if (endianness() === 'LE') words.swap32();
  return words.toString('hex').toUpperCase();
}

/** @param address - as RFC 5952 writes it, with or without a zone, which the table does not show */
function ipv6Bytes(address: string): Buffer {
  const [head = '', tail] = (address.split('%')[0] ?? '').split('::');
  const groups = (text: string): readonly string[] => (text === '' ? [] : text.split(':'));
  const first = groups(head);
  const last = groups(tail ?? '');
  const zeros = Array.from({ length: 8 - first.length - last.length }, () => '0');
  const all = tail === undefined ? first : [...first, ...zeros, ...last];
  return Buffer.from(all.map((group) => group.padStart(4, '0')).join(''), 'hex');
}
