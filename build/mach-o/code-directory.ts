import { hash } from 'node:crypto';
import { BLOB_HEADER_BYTES, BlobMagic, encodeBlob, type SlottedBlob } from './blob.ts';

/** The content of the code directory of an ad-hoc signature (XNU, cs_blobs.h, CS_CodeDirectory). */
export interface CodeDirectory {
  /** The name that the system knows the program by. */
  readonly identifier: string;
  /** The file up to the signature. */
  readonly code: Buffer;
  /** Length of the segment __TEXT in bytes, which starts the file. */
  readonly textSize: number;
  /** Blobs whose hashes go into the directory. */
  readonly special: readonly SlottedBlob[];
}

/** Flags of a code directory (cs_blobs.h). */
export const CodeFlag = {
  /** CS_ADHOC: signed without an identity. */
  AdHoc: 0x2,
  /** CS_RUNTIME: the hardened runtime. */
  HardenedRuntime: 0x10000,
} as const;

/** Bytes covered by one hash on both architectures, as codesign has it; the base 2 logarithm. */
export const PAGE_SHIFT = 12;
/** CS_HASHTYPE_SHA256. */
export const HASH_TYPE_SHA256 = 2;
export const HASH_BYTES = 32;
/** Adds the executable segment (macOS 10.14). */
export const VERSION_EXECUTABLE_SEGMENT = 0x20400;

const HEADER_BYTES = 88;
const PAGE_BYTES = 1 << PAGE_SHIFT;
/** CS_EXECSEG_MAIN_BINARY. */
const MAIN_BINARY = 1n;

/**
 * Writes a code directory: header, identifier as a C string, the hashes of the special slots
 * from the highest to 1 (zeros for a slot without blob), the hashes of the pages of the code; the
 * last page is hashed up to the end of the code.
 *
 * @returns the blob with its header
 */
export function encodeCodeDirectory(directory: CodeDirectory): Buffer {
  const { code, special } = directory;
  const identifier = Buffer.from(`${directory.identifier}\0`, 'utf8');
  const specialSlots = Math.max(0, ...special.map(({ slot }) => slot));
  const codeSlots = Math.ceil(code.length / PAGE_BYTES);
  const hashOffset = HEADER_BYTES + identifier.length + specialSlots * HASH_BYTES;

  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt32BE(VERSION_EXECUTABLE_SEGMENT, 8);
  header.writeUInt32BE(CodeFlag.AdHoc, 12);
  header.writeUInt32BE(hashOffset, 16);
  header.writeUInt32BE(HEADER_BYTES, 20);
  header.writeUInt32BE(specialSlots, 24);
  header.writeUInt32BE(codeSlots, 28);
  header.writeUInt32BE(code.length, 32);
  header.writeUInt8(HASH_BYTES, 36);
  header.writeUInt8(HASH_TYPE_SHA256, 37);
  header.writeUInt8(PAGE_SHIFT, 39);
  header.writeBigUInt64BE(BigInt(directory.textSize), 72);
  header.writeBigUInt64BE(MAIN_BINARY, 80);

  const hashes = Buffer.alloc((specialSlots + codeSlots) * HASH_BYTES);
  const codeHashes = specialSlots * HASH_BYTES;
  for (const { slot, blob } of special) {
    hash('sha256', blob, 'buffer').copy(hashes, codeHashes - slot * HASH_BYTES);
  }
  for (let slot = 0; slot < codeSlots; slot++) {
    const page = code.subarray(slot * PAGE_BYTES, (slot + 1) * PAGE_BYTES);
    hash('sha256', page, 'buffer').copy(hashes, codeHashes + slot * HASH_BYTES);
  }
  const payload = Buffer.concat([header.subarray(BLOB_HEADER_BYTES), identifier, hashes]);
  return encodeBlob(BlobMagic.CodeDirectory, payload);
}

/** Length in bytes of what `encodeCodeDirectory` makes for code of `codeSize` bytes. */
export function codeDirectorySize(
  directory: Omit<CodeDirectory, 'code'>,
  codeSize: number,
): number {
  const withoutCode = encodeCodeDirectory({ ...directory, code: Buffer.alloc(0) });
  return withoutCode.length + Math.ceil(codeSize / PAGE_BYTES) * HASH_BYTES;
}
