/** The generator polynomial of CRC-32, the highest bit first (POSIX, cksum). */
const POLYNOMIAL = 0x04c11db7;

const TABLE = Uint32Array.from({ length: 256 }, (_, index) => {
  let remainder = index << 24;
  for (let bit = 0; bit < 8; bit++) {
    remainder = (remainder << 1) ^ (remainder < 0 ? POLYNOMIAL : 0);
  }
  return remainder;
});

/**
 * The checksum that the program `cksum` prints (POSIX): a CRC of the bytes and, after them, of their
 * number, lowest byte first and no longer than it has to be.
 *
 * @returns 32 bits, unsigned
 */
export function posixChecksum(bytes: Uint8Array): number {
  let crc = 0;
  const add = (byte: number): void => {
    crc = (crc << 8) ^ (TABLE[(crc >>> 24) ^ byte] ?? 0);
  };
  for (const byte of bytes) add(byte);
  for (let rest = bytes.length; rest > 0; rest = Math.floor(rest / 256)) add(rest % 256);
  return ~crc >>> 0;
}
