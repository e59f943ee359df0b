/** A path as a Bom has it. */
export interface BomPath {
  readonly path: string;
  readonly type: number;
  /** File type and permissions. */
  readonly mode: number;
  readonly user: number;
  readonly group: number;
  readonly mtime: number;
  readonly size: number;
  readonly checksum: number;
}

/** What a Bom holds. */
export interface BomContent {
  /** Names of blocks, in their order. */
  readonly names: readonly string[];
  /** As BomInfo counts them. */
  readonly pathCount: number;
  readonly paths: readonly BomPath[];
}

/**
 * Reads a Bom from the description of its layout alone: it shares nothing with the code that writes
 * one, follows every pointer, and throws when one leads nowhere.
 */
export function readBom(bytes: Buffer): BomContent {
  if (bytes.toString('latin1', 0, 8) !== 'BOMStore' || bytes.readUInt32BE(8) !== 1) {
    throw new Error('no Bom');
  }
  const blocks = readBlocks(bytes);
  if (blocks.length !== bytes.readUInt32BE(12) + 1) throw new Error('the blocks are miscounted');
  const named = readNames(bytes);
  const block = (index: number): Buffer => {
    const found = blocks[index];
    if (index === 0 || found === undefined) throw new Error(`there is no block ${index}`);
    return found;
  };
  const tree = (index: number): { key: Buffer; value: Buffer }[] => readTree(block, index);
  const namedBlock = (name: string): number => {
    const index = named.get(name);
    if (index === undefined) throw new Error(`no block is named ${name}`);
    return index;
  };
  for (const empty of ['HLIndex', 'Size64']) {
    if (tree(namedBlock(empty)).length !== 0) throw new Error(`${empty} is not empty`);
  }
  const versions = block(namedBlock('VIndex'));
  if (tree(versions.readUInt32BE(4)).length !== 0) throw new Error('VIndex is not empty');
  return {
    names: [...named.keys()],
    pathCount: block(namedBlock('BomInfo')).readUInt32BE(4),
    paths: readPaths(block, tree(namedBlock('Paths'))),
  };
}

function readBlocks(bytes: Buffer): Buffer[] {
  const start = bytes.readUInt32BE(16);
  const end = start + bytes.readUInt32BE(20);
  if (end !== bytes.length) throw new Error('the table of blocks does not end the file');
  const blocks = Array.from({ length: bytes.readUInt32BE(start) }, (_, index) => {
    const pointer = start + 4 + index * 8;
    const address = bytes.readUInt32BE(pointer);
    const length = bytes.readUInt32BE(pointer + 4);
    if (address + length > start) throw new Error(`block ${index} lies outside`);
    return bytes.subarray(address, address + length);
  });
  const free = start + 4 + blocks.length * 8;
  if (bytes.readUInt32BE(free) !== 0) throw new Error('something is free');
  return blocks;
}

function readNames(bytes: Buffer): Map<string, number> {
  const names = new Map<string, number>();
  let offset = bytes.readUInt32BE(24);
  const end = offset + bytes.readUInt32BE(28);
  const count = bytes.readUInt32BE(offset);
  offset += 4;
  for (let index = 0; index < count; index++) {
    const length = bytes.readUInt8(offset + 4);
    const name = bytes.toString('latin1', offset + 5, offset + 5 + length);
    names.set(name, bytes.readUInt32BE(offset));
    offset += 5 + length;
  }
  if (offset !== end) throw new Error('the names do not fill their place');
  return names;
}

function readTree(
  block: (index: number) => Buffer,
  index: number,
): { key: Buffer; value: Buffer }[] {
  const tree = block(index);
  if (tree.toString('latin1', 0, 4) !== 'tree') throw new Error(`block ${index} is no tree`);
  const leaf = block(tree.readUInt32BE(8));
  if (leaf.readUInt16BE(0) !== 1) throw new Error('the tree has more than a leaf');
  const count = leaf.readUInt16BE(2);
  if (count !== tree.readUInt32BE(16)) throw new Error('the paths of a tree are miscounted');
  return Array.from({ length: count }, (_, path) => ({
    value: block(leaf.readUInt32BE(12 + path * 8)),
    key: block(leaf.readUInt32BE(16 + path * 8)),
  }));
}

function readPaths(
  block: (index: number) => Buffer,
  entries: readonly { key: Buffer; value: Buffer }[],
): BomPath[] {
  const paths = new Map<number, string>();
  let before: Buffer = Buffer.alloc(0);
  return entries.map(({ key, value }) => {
    if (Buffer.compare(before, key) >= 0) throw new Error('the keys are not in their order');
    before = key;
    const parent = key.readUInt32BE(0);
    if (key.at(-1) !== 0) throw new Error('a name does not end');
    const name = key.toString('utf8', 4, key.length - 1);
    const directory = parent === 0 ? '' : paths.get(parent);
    if (directory === undefined) throw new Error(`${name} comes before its directory`);
    const path = directory === '' ? name : `${directory}/${name}`;
    paths.set(value.readUInt32BE(0), path);
    const description = block(value.readUInt32BE(4));
    return {
      path,
      type: description.readUInt8(0),
      mode: description.readUInt16BE(4),
      user: description.readUInt32BE(6),
      group: description.readUInt32BE(10),
      mtime: description.readUInt32BE(14),
      size: description.readUInt32BE(18),
      checksum: description.readUInt32BE(23),
    };
  });
}
