/*
 * Common data of ICU (`udata`, format "CmnD" version 1; ICU4C, `ucmndata.h`), little-endian:
 *
 *   0   u16    size of the header, a multiple of 16
 *   2   u8 ×2  0xda 0x27
 *   12  4 ×    "CmnD"
 *   header…    then the table of contents:
 *   +0  u32    number of items
 *   +4  u32 ×2 for each item, sorted by name: offset of its name, offset of its bytes, both counted
 *              from the table of contents; names end with a zero byte, the bytes of an item where
 *              those of the next begin
 */
const MAGIC = 0x27da;
const FORMAT_OFFSET = 12;
const FORMAT = 'CmnD';
const COUNT_BYTES = 4;
const ENTRY_BYTES = 8;
/** Items begin at multiples of this. */
const ALIGNMENT = 16;

interface Item {
  /** `icudt78l/coll/de.res` */
  readonly name: string;
  readonly bytes: Buffer;
}

/** A file of a locale: `de.res`, `zh_Hant_TW.res`; not `root.res`, `pool.res` or `zoneinfo64.res`. */
const LOCALE = /^(?!root\.|pool\.)[a-z]{2,3}(?:_\w+)?\.res$/;
const ENGLISH = /^en(?:_\w+)?\.res$/;
/** Tables of character sets other than Unicode's, and of words of languages written without spaces. */
const OTHER_TEXT = /\.(?:cnv|dict)$/;

/**
 * Whether an item stays: everything but the languages other than English and the character sets
 * other than Unicode's. Node.js itself can be built with no more than this ("small-icu"); texts in
 * other languages, which the program has none of, come out in English then.
 *
 * @param name - with directories, as in the table of contents
 */
export function isNeeded(name: string): boolean {
  const file = name.slice(name.lastIndexOf('/') + 1);
  if (OTHER_TEXT.test(file)) return false;
  return !LOCALE.test(file) || ENGLISH.test(file);
}

/**
 * Leaves items out of the common data of ICU.
 *
 * @param data - the whole of it
 * @param keep - whether an item of this name stays
 * @throws Error when the data is of another format
 */
export function reduceIcuData(data: Buffer, keep: (name: string) => boolean): Buffer {
  const headerSize = data.readUInt16LE(0);
  const format = data.toString('latin1', FORMAT_OFFSET, FORMAT_OFFSET + FORMAT.length);
  if (data.readUInt16LE(2) !== MAGIC || format !== FORMAT || data[FORMAT_OFFSET + 4] !== 1) {
    throw new Error('the data of ICU is not of the format CmnD version 1');
  }
  const kept = readItems(data.subarray(headerSize)).filter(({ name }) => keep(name));
  return Buffer.concat([data.subarray(0, headerSize), writeItems(kept)]);
}

function readItems(contents: Buffer): readonly Item[] {
  const count = contents.readUInt32LE(0);
  const start = (index: number): number =>
    index === count
      ? contents.length
      : contents.readUInt32LE(COUNT_BYTES + index * ENTRY_BYTES + 4);
  return Array.from({ length: count }, (_, index) => {
    const name = contents.readUInt32LE(COUNT_BYTES + index * ENTRY_BYTES);
    return {
      name: contents.toString('latin1', name, contents.indexOf(0, name)),
      bytes: contents.subarray(start(index), start(index + 1)),
    };
  });
}

function writeItems(items: readonly Item[]): Buffer {
  const table = Buffer.alloc(COUNT_BYTES + items.length * ENTRY_BYTES);
  table.writeUInt32LE(items.length, 0);
  const names = items.map(({ name }) => Buffer.from(`${name}\0`, 'latin1'));
  let nameOffset = table.length;
  let offset = aligned(table.length + names.reduce((sum, { length }) => sum + length, 0));
  const parts: Buffer[] = [table, ...names, Buffer.alloc(offset - totalLength([table, ...names]))];
  for (const [index, { bytes }] of items.entries()) {
    const entry = COUNT_BYTES + index * ENTRY_BYTES;
    table.writeUInt32LE(nameOffset, entry);
    table.writeUInt32LE(offset, entry + 4);
    nameOffset += names[index]?.length ?? 0;
    const end = aligned(offset + bytes.length);
    parts.push(bytes, Buffer.alloc(end - offset - bytes.length));
    offset = end;
  }
  return Buffer.concat(parts);
}

function aligned(offset: number): number {
  return Math.ceil(offset / ALIGNMENT) * ALIGNMENT;
}

function totalLength(buffers: readonly Buffer[]): number {
  return buffers.reduce((sum, { length }) => sum + length, 0);
}
