import { MachOError } from './mach-o-error.ts';

/**
 * Magic numbers of the blobs of a code signature (XNU, osfmk/kern/cs_blobs.h). All numbers in blobs
 * are big-endian.
 */
export const BlobMagic = {
  Requirements: 0xfade0c01,
  CodeDirectory: 0xfade0c02,
  EmbeddedSignature: 0xfade0cc0,
  Entitlements: 0xfade7171,
  DerEntitlements: 0xfade7172,
  CmsWrapper: 0xfade0b01,
} as const;

/** What a blob is to its signature (cs_blobs.h). Slots 1 to 7 have a hash in the code directory. */
export const Slot = {
  CodeDirectory: 0,
  Requirements: 2,
  Entitlements: 5,
  DerEntitlements: 7,
  CmsSignature: 0x10000,
} as const;

/** A blob in a super blob. */
export interface SlottedBlob {
  readonly slot: number;
  /** With its header. */
  readonly blob: Buffer;
}

/** Magic and length. */
export const BLOB_HEADER_BYTES = 8;
const COUNT_BYTES = 4;
const INDEX_ENTRY_BYTES = 8;

/** Writes a blob: magic, length with this header, and the payload. */
export function encodeBlob(magic: number, payload: Buffer): Buffer {
  const header = Buffer.alloc(BLOB_HEADER_BYTES);
  header.writeUInt32BE(magic, 0);
  header.writeUInt32BE(BLOB_HEADER_BYTES + payload.length, 4);
  return Buffer.concat([header, payload]);
}

/** Writes a super blob: an index of slots and offsets, and the blobs in the order given. */
export function encodeSuperBlob(magic: number, blobs: readonly SlottedBlob[]): Buffer {
  const index = Buffer.alloc(COUNT_BYTES + blobs.length * INDEX_ENTRY_BYTES);
  index.writeUInt32BE(blobs.length, 0);
  let offset = BLOB_HEADER_BYTES + index.length;
  for (const [position, { slot, blob }] of blobs.entries()) {
    index.writeUInt32BE(slot, COUNT_BYTES + position * INDEX_ENTRY_BYTES);
    index.writeUInt32BE(offset, COUNT_BYTES + position * INDEX_ENTRY_BYTES + 4);
    offset += blob.length;
  }
  return encodeBlob(magic, Buffer.concat([index, ...blobs.map(({ blob }) => blob)]));
}

/**
 * Reads a blob.
 *
 * @param bytes - starting with the blob; what follows it is ignored
 * @param what - names it in an error
 * @returns the blob with its header
 * @throws MachOError when it has another magic or is cut off
 */
export function decodeBlob(bytes: Buffer, magic: number, what: string): Buffer {
  if (bytes.length < BLOB_HEADER_BYTES) throw new MachOError(`${what} is cut off`);
  const found = bytes.readUInt32BE(0);
  if (found !== magic) {
    throw new MachOError(
      `${what} starts with 0x${found.toString(16)} instead of 0x${magic.toString(16)}`,
    );
  }
  const length = bytes.readUInt32BE(4);
  if (length < BLOB_HEADER_BYTES || length > bytes.length) {
    throw new MachOError(`${what} is cut off`);
  }
  return bytes.subarray(0, length);
}

/**
 * Reads a super blob.
 *
 * @param bytes - starting with it; what follows it is ignored
 * @returns for each slot the bytes from the start of its blob to the end of the super blob
 * @throws MachOError when it is damaged or has a slot twice
 */
export function decodeSuperBlob(bytes: Buffer, magic: number): ReadonlyMap<number, Buffer> {
  const what = 'the signature';
  const superBlob = decodeBlob(bytes, magic, what);
  const indexOffset = BLOB_HEADER_BYTES + COUNT_BYTES;
  if (superBlob.length < indexOffset) throw new MachOError(`${what} is cut off`);
  const count = superBlob.readUInt32BE(BLOB_HEADER_BYTES);
  const indexEnd = indexOffset + count * INDEX_ENTRY_BYTES;
  if (indexEnd > superBlob.length) throw new MachOError(`the index of ${what} is cut off`);
  const blobs = new Map<number, Buffer>();
  for (let entry = indexOffset; entry < indexEnd; entry += INDEX_ENTRY_BYTES) {
    const slot = superBlob.readUInt32BE(entry);
    const offset = superBlob.readUInt32BE(entry + 4);
    if (blobs.has(slot)) throw new MachOError(`${what} has slot ${slot} twice`);
    if (offset < indexEnd) throw new MachOError(`slot ${slot} of ${what} lies in its index`);
    blobs.set(slot, superBlob.subarray(offset));
  }
  return blobs;
}
