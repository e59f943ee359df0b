/** A block of a store: its number, by which other blocks refer to it. */
export type BlockNumber = number;

/** The container of a Bom: numbered blocks, some of which have a name. All numbers are big-endian. */
export interface BomStore {
  /** Adds a block and returns its number, from 1 on. */
  addBlock(bytes: Buffer): BlockNumber;
  /** Gives a block a name. */
  name(name: string, block: BlockNumber): void;
  /** The file. */
  encode(): Buffer;
}

const MAGIC = 'BOMStore';
const VERSION = 1;
/** Zeros fill the header up to here. */
const HEADER_BYTES = 512;
/** Entries of a list of free space that mkbom writes even when nothing is free. */
const FREE_LIST_ENTRIES = 2;
const POINTER_BYTES = 8;

/**
 * Starts a store. In the file follow each other: the header, the names, the blocks, and the table with
 * the offset and length of each block, whose first entry is empty, and of what is free.
 */
export function createBomStore(): BomStore {
  const blocks: Buffer[] = [];
  const names: { readonly name: string; readonly block: BlockNumber }[] = [];
  return {
    addBlock: (bytes) => blocks.push(bytes),
    name: (name, block) => {
      names.push({ name, block });
    },
    encode: () => {
      const variables = encodeVariables(names);
      const table = uint32s(blocks.length + 1, 0, 0);
      let offset = HEADER_BYTES + variables.length;
      const pointers = blocks.map((block) => {
        const pointer = uint32s(offset, block.length);
        offset += block.length;
        return pointer;
      });
      const free = Buffer.concat([uint32s(0), Buffer.alloc(FREE_LIST_ENTRIES * POINTER_BYTES)]);
      const index = Buffer.concat([table, ...pointers, free]);
      const header = Buffer.alloc(HEADER_BYTES);
      header.write(MAGIC, 'latin1');
      uint32s(VERSION, blocks.length, offset, index.length, HEADER_BYTES, variables.length).copy(
        header,
        MAGIC.length,
      );
      return Buffer.concat([header, variables, ...blocks, index]);
    },
  };
}

/** Writes 32-bit numbers one after the other. */
export function uint32s(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [index, value] of values.entries()) bytes.writeUInt32BE(value, index * 4);
  return bytes;
}

function encodeVariables(
  names: readonly { readonly name: string; readonly block: BlockNumber }[],
): Buffer {
  const variables = names.map(({ name, block }) =>
    Buffer.concat([uint32s(block), Buffer.from([name.length]), Buffer.from(name, 'latin1')]),
  );
  return Buffer.concat([uint32s(names.length), ...variables]);
}
