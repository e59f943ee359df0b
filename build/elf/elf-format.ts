import { BuildError } from '../runtime/build-error.mjs';

/*
 * Little-endian ELF for 64 bits (elf(5)). In the header:
 *
 *   0   u8 ×6  0x7f "ELF", 2 for 64 bits, 1 for little-endian
 *   32  u64    offset of the program headers
 *   40  u64    offset of the section headers
 *   54  u16    size of a program header, then the number of them
 *   58  u16    size of a section header, then the number of them
 */
const MAGIC = Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1]);
const HEADER_BYTES = 64;

/** Where the header of a file has the place and the number of entries of a table. */
interface TableFields {
  readonly offset: number;
  readonly entrySize: number;
  readonly count: number;
}

/** The table of segments: what is mapped, and where. */
export const PROGRAM_HEADERS: TableFields = { offset: 32, entrySize: 54, count: 56 };
/** The table of sections, which only tools read. */
export const SECTION_HEADERS: TableFields = { offset: 40, entrySize: 58, count: 60 };

/** Fields of a program header: u32 type and flags, the others u64. */
export const SEGMENT = {
  ...{ type: 0, flags: 4, offset: 8, address: 16, physicalAddress: 24 },
  ...{ fileSize: 32, memorySize: 40, alignment: 48 },
} as const;
/** Fields of a section header: u32 type, the others u64. */
export const SECTION = { type: 4, address: 16, offset: 24, size: 32 } as const;

/** A segment that is mapped. */
export const PT_LOAD = 1;
/** The program headers themselves. */
export const PT_PHDR = 6;
/** Flags of a segment that is only read. */
export const PF_R = 4;
/** A section without bytes in the file. */
export const SHT_NOBITS = 8;

/** A file is no program that this build can change. */
export class ElfError extends BuildError {
  override readonly name = 'ElfError';
}

/** A table of a file: its entries are copies. */
export interface Table {
  /** In the file, in bytes. */
  readonly offset: number;
  readonly entrySize: number;
  readonly entries: readonly Buffer[];
}

/** @throws ElfError when the file is none for 64 bits, little-endian, or the table is cut off */
export function readTable(file: Buffer, fields: TableFields): Table {
  if (file.length < HEADER_BYTES || !file.subarray(0, MAGIC.length).equals(MAGIC)) {
    throw new ElfError('the file is no little-endian ELF for 64 bits');
  }
  const offset = readField(file, fields.offset);
  const entrySize = file.readUInt16LE(fields.entrySize);
  const count = file.readUInt16LE(fields.count);
  if (offset + entrySize * count > file.length) throw new ElfError('the ELF file is cut off');
  const entries = Array.from({ length: count }, (_, index) =>
    Buffer.from(file.subarray(offset + index * entrySize, offset + (index + 1) * entrySize)),
  );
  return { offset, entrySize, entries };
}

/** Writes where a table is, and how many entries it has, into the header of a file. */
export function writeTablePlace(
  file: Buffer,
  fields: TableFields,
  offset: number,
  count: number,
): void {
  writeField(file, fields.offset, offset);
  file.writeUInt16LE(count, fields.count);
}

/** A 64-bit field of a header. Sizes and addresses of files are exact as numbers. */
export function readField(header: Buffer, at: number): number {
  return Number(header.readBigUInt64LE(at));
}

/** Writes a 64-bit field of a header. */
export function writeField(header: Buffer, at: number, value: number): void {
  header.writeBigUInt64LE(BigInt(value), at);
}
