import {
  entryOffset,
  headerSizeAt,
  IcuDataError,
  isDataAt,
  readEntry,
  writeItemOffset,
} from './data-format.ts';

/** Items begin at multiples of this. */
const ALIGNMENT = 16;

interface Item {
  /** `icudt78l/coll/de.res` */
  readonly name: string;
  readonly bytes: Buffer;
}

/**
 * Leaves items out of the common data of ICU.
 *
 * @param data - the whole of it
 * @param keep - whether an item of this name stays
 * @throws IcuDataError when the data is of another format
 */
export function reduceIcuData(data: Buffer, keep: (name: string) => boolean): Buffer {
  if (!isDataAt(data, 0))
    throw new IcuDataError('the data of ICU is not of the format CmnD version 1');
  const headerSize = headerSizeAt(data, 0);
  const kept = readItems(data.subarray(headerSize)).filter(({ name }) => keep(name));
  return Buffer.concat([data.subarray(0, headerSize), writeItems(kept)]);
}

function readItems(contents: Buffer): readonly Item[] {
  const count = contents.readUInt32LE(0);
  return Array.from({ length: count }, (_, index) => {
    const { name, offset } = readEntry(contents, index);
    const end = index === count - 1 ? contents.length : readEntry(contents, index + 1).offset;
    return { name, bytes: contents.subarray(offset, end) };
  });
}

function writeItems(items: readonly Item[]): Buffer {
  const table = Buffer.alloc(entryOffset(items.length));
  table.writeUInt32LE(items.length, 0);
  const names = items.map(({ name }) => Buffer.from(`${name}\0`, 'latin1'));
  let nameOffset = table.length;
  let offset = aligned(table.length + names.reduce((sum, { length }) => sum + length, 0));
  const parts: Buffer[] = [table, ...names, Buffer.alloc(offset - totalLength([table, ...names]))];
  for (const [index, { bytes }] of items.entries()) {
    table.writeUInt32LE(nameOffset, entryOffset(index));
    writeItemOffset(table, index, offset);
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
