/**
 * Tags of the Distinguished Encoding Rules (X.690): class, constructed bit and number in one byte.
 */
export const DerTag = {
  Boolean: 0x01,
  Integer: 0x02,
  OctetString: 0x04,
  Null: 0x05,
  ObjectIdentifier: 0x06,
  Utf8String: 0x0c,
  UtcTime: 0x17,
  Sequence: 0x30,
  Set: 0x31,
  /** [0] and so on, constructed: add the number. */
  ContextConstructed: 0xa0,
  /** [APPLICATION 0] and so on, constructed: add the number. */
  ApplicationConstructed: 0x60,
} as const;

/** A value that was read: its tag, its content, and all its bytes. */
export interface DerValue {
  readonly tag: number;
  readonly content: Buffer;
  readonly bytes: Buffer;
}

const LONG_FORM = 0x80;
const MAX_LENGTH_BYTES = 4;

/** Writes a value from its tag and the parts of its content. */
export function der(tag: number, ...content: readonly Buffer[]): Buffer {
  const length = content.reduce((sum, part) => sum + part.length, 0);
  return Buffer.concat([Buffer.from([tag, ...encodeLength(length)]), ...content]);
}

/** Writes SEQUENCE. */
export function derSequence(...content: readonly Buffer[]): Buffer {
  return der(DerTag.Sequence, ...content);
}

/** Puts encoded values into the order that DER wants of SET OF: by their bytes. */
export function derSetOrder(values: readonly Buffer[]): Buffer[] {
  return values.toSorted((one, other) => Buffer.compare(one, other));
}

/** Writes INTEGER. @param value - 0 to 127 */
export function derSmallInteger(value: number): Buffer {
  return der(DerTag.Integer, Buffer.from([value]));
}

/** Writes OBJECT IDENTIFIER. @param identifier - dotted numbers: `1.2.840.113549.1.1.1` */
export function derObjectIdentifier(identifier: string): Buffer {
  const [first = 0, second = 0, ...rest] = identifier.split('.').map(Number);
  const content = [first * 40 + second, ...rest].flatMap((number) => base128(number));
  return der(DerTag.ObjectIdentifier, Buffer.from(content));
}

/**
 * Reads the value that starts at `offset`.
 *
 * @throws RangeError when it is cut off
 */
export function readDer(bytes: Buffer, offset = 0): DerValue {
  const first = bytes.readUInt8(offset + 1);
  let contentOffset = offset + 2;
  let length = first;
  if (first >= LONG_FORM) {
    const lengthBytes = first - LONG_FORM;
    if (lengthBytes === 0 || lengthBytes > MAX_LENGTH_BYTES) {
      throw new RangeError(`a length of ${lengthBytes} bytes is no DER`);
    }
    length = bytes.readUIntBE(contentOffset, lengthBytes);
    contentOffset += lengthBytes;
  }
  const end = contentOffset + length;
  if (end > bytes.length) throw new RangeError('a DER value is cut off');
  return {
    tag: bytes.readUInt8(offset),
    content: bytes.subarray(contentOffset, end),
    bytes: bytes.subarray(offset, end),
  };
}

/**
 * Reads the values that follow each other in the content of a SEQUENCE or SET.
 *
 * @throws RangeError when one is cut off
 */
export function readDerSequence(content: Buffer): DerValue[] {
  const values: DerValue[] = [];
  for (let offset = 0; offset < content.length;) {
    const value = readDer(content, offset);
    values.push(value);
    offset += value.bytes.length;
  }
  return values;
}

function encodeLength(length: number): number[] {
  if (length < LONG_FORM) return [length];
  const bytes: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return [LONG_FORM + bytes.length, ...bytes];
}

/** Seven bits a byte, the highest bit set on all but the last. */
function base128(number: number): number[] {
  const bytes = [number % 128];
  for (let rest = Math.floor(number / 128); rest > 0; rest = Math.floor(rest / 128)) {
    bytes.unshift(128 + (rest % 128));
  }
  return bytes;
}
