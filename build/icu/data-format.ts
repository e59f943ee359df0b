import { BuildError } from '../runtime/build-error.mjs';

/*
 * Common data of ICU (`udata`, format "CmnD" version 1; ICU4C, `ucmndata.h`), little-endian:
 *
 *   0   u16    size of the header, a multiple of 16
 *   2   u8 ×2  0xda 0x27
 *   12  4 ×    "CmnD", and the version, a byte
 *   header…    then the table of contents:
 *   +0  u32    number of items
 *   +4  u32 ×2 for each item, sorted by name: offset of its name, offset of its bytes, both counted
 *              from the table of contents; names end with a zero byte, the bytes of an item where
 *              those of the next begin
 */
const HEADER_SIZE_OFFSET = 0;
const MAGIC_OFFSET = 2;
const MAGIC = Buffer.from([0xda, 0x27]);
const FORMAT_OFFSET = 12;
const FORMAT = Buffer.from('CmnD\x01', 'latin1');

/** Bytes of the number of items, and of an entry of the table. */
export const COUNT_BYTES = 4;
export const ENTRY_BYTES = 8;
/** Of an entry, before the offset of its item. */
const NAME_BYTES = 4;

/** Data of ICU is missing, or not as expected. */
export class IcuDataError extends BuildError {
  override readonly name = 'IcuDataError';
}

/** Whether data begins at this offset. */
export function isDataAt(bytes: Buffer, start: number): boolean {
  const magic = bytes.subarray(start + MAGIC_OFFSET, start + MAGIC_OFFSET + MAGIC.length);
  const format = bytes.subarray(start + FORMAT_OFFSET, start + FORMAT_OFFSET + FORMAT.length);
  return magic.equals(MAGIC) && format.equals(FORMAT);
}

/**
 * Finds data among other bytes.
 *
 * @throws IcuDataError when there is none
 */
export function findData(bytes: Buffer): number {
  for (let at = bytes.indexOf(MAGIC); at !== -1; at = bytes.indexOf(MAGIC, at + 1)) {
    const start = at - MAGIC_OFFSET;
    if (start >= 0 && isDataAt(bytes, start)) return start;
  }
  throw new IcuDataError('there is no data of ICU');
}

/** Size of the header of data that begins at this offset: after it is the table of contents. */
export function headerSizeAt(bytes: Buffer, start: number): number {
  return bytes.readUInt16LE(start + HEADER_SIZE_OFFSET);
}

/** Offset of an entry in the table of contents. */
export function entryOffset(index: number): number {
  return COUNT_BYTES + index * ENTRY_BYTES;
}

/** An entry: the item's name and the offset of its bytes, from the table of contents. */
export function readEntry(
  contents: Buffer,
  index: number,
): { readonly name: string; readonly offset: number } {
  const name = contents.readUInt32LE(entryOffset(index));
  return {
    name: contents.toString('latin1', name, contents.indexOf(0, name)),
    offset: contents.readUInt32LE(entryOffset(index) + NAME_BYTES),
  };
}

/** Writes into an entry where the bytes of its item are, counted from the table of contents. */
export function writeItemOffset(contents: Buffer, index: number, offset: number): void {
  contents.writeUInt32LE(offset, entryOffset(index) + NAME_BYTES);
}
