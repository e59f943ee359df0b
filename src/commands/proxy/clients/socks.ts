/** What a SOCKS client must send next (RFC 1928; SOCKS 4 and 4a of NEC and of Ying-Da Lee). */
export type SocksState = 'version-4-request' | 'greeting' | 'version-5-request';

/** Version and state of a client, by its first byte; undefined for no version of SOCKS. */
export function socksStateOf(firstByte: number | undefined): SocksState | undefined {
  if (firstByte === VERSION_4) return 'version-4-request';
  return firstByte === VERSION_5 ? 'greeting' : undefined;
}

/** The version of SOCKS that a request was made in. */
export type SocksVersion = 4 | 5;

/** What follows from the bytes of a client so far. */
export type SocksStep =
  | { readonly kind: 'incomplete' }
  /** The client expects a reply, and then sends more. */
  | {
      readonly kind: 'go-on';
      readonly length: number;
      readonly reply: Buffer;
      readonly next: SocksState;
    }
  /** A whole request of `length` bytes; what follows is for the destination. */
  | {
      readonly kind: 'connect';
      readonly length: number;
      readonly version: SocksVersion;
      readonly host: string;
      readonly port: number;
    }
  /** The request cannot be granted: the connection ends after the reply, which may be empty. */
  | { readonly kind: 'refuse'; readonly reply: Buffer };

/** How a request ends. */
export type SocksResult =
  | 'granted'
  | 'failed'
  | 'denied'
  | 'unreachable'
  | 'refused'
  | 'timeout'
  | 'command-unsupported'
  | 'address-unsupported';

const VERSION_4 = 4;
const VERSION_5 = 5;
const CONNECT = 1;
const NO_AUTHENTICATION = 0;
const NO_METHOD = 0xff;
const ADDRESS_IPV4 = 1;
const ADDRESS_NAME = 3;
const ADDRESS_IPV6 = 4;
const IPV4_SIZE = 4;
const IPV6_SIZE = 16;
/** Replies of RFC 1928, section 6. */
const REPLIES: Readonly<Record<SocksResult, number>> = {
  granted: 0,
  failed: 1,
  denied: 2,
  unreachable: 4,
  refused: 5,
  // There is none for it: "TTL expired" is what Tor's proxy sends, too.
  timeout: 6,
  'command-unsupported': 7,
  'address-unsupported': 8,
};
const VERSION_4_GRANTED = 90;
const VERSION_4_REFUSED = 91;
/** Bytes of a user or a name of version 4; version 5 has a length of one byte. */
const LONGEST_TEXT = 255;

const INCOMPLETE: SocksStep = { kind: 'incomplete' };

/** The reply to a request. The address in it has no meaning here: the target makes the connection. */
export function socksReply(version: SocksVersion, result: SocksResult): Buffer {
  if (version === VERSION_5) {
    return Buffer.from([VERSION_5, REPLIES[result], 0, ADDRESS_IPV4, 0, 0, 0, 0, 0, 0]);
  }
  const code = result === 'granted' ? VERSION_4_GRANTED : VERSION_4_REFUSED;
  return Buffer.from([0, code, 0, 0, 0, 0, 0, 0]);
}

/**
 * Reads what a client has sent in a state. An incomplete part has at most 520 bytes.
 *
 * @param bytes - all that were not used so far
 */
export function readSocks(state: SocksState, bytes: Buffer): SocksStep {
  switch (state) {
    case 'greeting':
      return readGreeting(bytes);
    case 'version-5-request':
      return readVersion5(bytes);
    case 'version-4-request':
      return readVersion4(bytes);
  }
}

function readGreeting(bytes: Buffer): SocksStep {
  const methods = bytes[1];
  if (methods === undefined) return INCOMPLETE;
  const length = 2 + methods;
  if (bytes.length < length) return INCOMPLETE;
  if (!bytes.subarray(2, length).includes(NO_AUTHENTICATION)) {
    return { kind: 'refuse', reply: Buffer.from([VERSION_5, NO_METHOD]) };
  }
  const reply = Buffer.from([VERSION_5, NO_AUTHENTICATION]);
  return { kind: 'go-on', length, reply, next: 'version-5-request' };
}

function readVersion5(bytes: Buffer): SocksStep {
  const [version, command, , type, first] = bytes;
  if (version !== undefined && version !== VERSION_5) return refusal(5, 'failed');
  if (command !== undefined && command !== CONNECT) return refusal(5, 'command-unsupported');
  if (type === undefined || first === undefined) return INCOMPLETE;
  const start = type === ADDRESS_NAME ? 5 : 4;
  const size = sizeOfAddress(type, first);
  if (size === undefined) return refusal(5, 'address-unsupported');
  const end = start + size;
  const length = end + 2;
  if (bytes.length < length) return INCOMPLETE;
  const address = bytes.subarray(start, end);
  return {
    kind: 'connect',
    length,
    version: 5,
    host: type === ADDRESS_NAME ? address.toString('latin1') : addressText(address),
    port: bytes.readUInt16BE(end),
  };
}

function readVersion4(bytes: Buffer): SocksStep {
  const command = bytes[1];
  if (command !== undefined && command !== CONNECT) return refusal(4, 'command-unsupported');
  const start = 8;
  const user = readText(bytes, start);
  if (typeof user === 'string') return user === 'incomplete' ? INCOMPLETE : refusal(4, 'failed');
  const address = bytes.subarray(4, start);
  const port = bytes.readUInt16BE(2);
  // Version 4a: an address that cannot exist, and a name after the user.
  const [a, b, c, d] = address;
  const hasName = a === 0 && b === 0 && c === 0 && d !== 0;
  const host = addressText(address);
  if (!hasName) return { kind: 'connect', length: user.end, version: 4, host, port };
  const name = readText(bytes, user.end);
  if (typeof name === 'string') return name === 'incomplete' ? INCOMPLETE : refusal(4, 'failed');
  return {
    kind: 'connect',
    length: name.end,
    version: 4,
    host: bytes.toString('latin1', user.end, name.end - 1),
    port,
  };
}

function refusal(version: SocksVersion, result: SocksResult): SocksStep {
  return { kind: 'refuse', reply: socksReply(version, result) };
}

/** The end of a text with a NUL after it. */
function readText(bytes: Buffer, start: number): { readonly end: number } | 'incomplete' | 'long' {
  const nul = bytes.indexOf(0, start);
  if (bytes.length < start || (nul === -1 && bytes.length - start <= LONGEST_TEXT)) {
    return 'incomplete';
  }
  return nul === -1 || nul - start > LONGEST_TEXT ? 'long' : { end: nul + 1 };
}

function sizeOfAddress(type: number, first: number): number | undefined {
  if (type === ADDRESS_IPV4) return IPV4_SIZE;
  if (type === ADDRESS_IPV6) return IPV6_SIZE;
  return type === ADDRESS_NAME ? first : undefined;
}

function addressText(address: Buffer): string {
  if (address.length === IPV4_SIZE) return address.join('.');
  const groups: string[] = [];
  for (let at = 0; at < IPV6_SIZE; at += 2) groups.push(address.readUInt16BE(at).toString(16));
  return groups.join(':');
}
