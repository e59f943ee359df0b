import { isDirectory, type ArchiveEntry } from './archive-entry.ts';
import { createBomStore, uint32s, type BlockNumber, type BomStore } from './bom-store.ts';
import { posixChecksum } from './cksum.ts';
import { BuildError } from '../../build/runtime/build-error.mjs';

const VERSION = 1;
const TREE_BLOCK_BYTES = 4096;
const VERSION_INDEX_BLOCK_BYTES = 128;
/** Paths that one leaf of a tree holds; what is installed has far fewer. */
const MAX_PATHS = 256;
const FILE = 1;
const DIRECTORY = 2;
/** Bits of what is no Mach-O file, and of directories, in the Boms of macOS. */
const NO_ARCHITECTURE = 3;

/** A path with its number, by which those in it refer to it. */
interface NumberedPath {
  readonly entry: ArchiveEntry;
  readonly name: string;
  readonly parent: number;
  readonly number: number;
}

/**
 * Writes the list of what a package installs, by which macOS checks and removes it (bom(5), lsbom(8);
 * the layout is the one that the project bomutils found): the trees Paths, HLIndex, VIndex and
 * Size64, of which only the first has entries here, for there are no hard links and no file of 4 GiB.
 *
 * @param entries - starting with `.`, a directory before its content
 * @param mtime - of every entry, in seconds since the epoch
 * @throws BuildError when there are more than 256 entries
 */
export function encodeBom(entries: readonly ArchiveEntry[], mtime: number): Buffer {
  if (entries.length > MAX_PATHS) {
    throw new BuildError(`${entries.length} paths are too many for a Bom of one leaf`);
  }
  const store = createBomStore();
  // mkbom counts one more than there are.
  const info = uint32s(VERSION, entries.length + 1, 1, 0, 0, 0, 0);
  store.name('BomInfo', store.addBlock(info));

  const pointers = numberPaths(entries).map((path) => {
    const description = store.addBlock(describe(path.entry, mtime));
    const value = store.addBlock(uint32s(path.number, description));
    const key = store.addBlock(
      Buffer.concat([uint32s(path.parent), Buffer.from(`${path.name}\0`, 'utf8')]),
    );
    return uint32s(value, key);
  });
  store.name('Paths', addTree(store, TREE_BLOCK_BYTES, pointers));
  store.name('HLIndex', addTree(store, TREE_BLOCK_BYTES, []));
  const versions = addTree(store, VERSION_INDEX_BLOCK_BYTES, []);
  const versionIndex = Buffer.concat([uint32s(VERSION, versions, 0), Buffer.alloc(1)]);
  store.name('VIndex', store.addBlock(versionIndex));
  store.name('Size64', addTree(store, TREE_BLOCK_BYTES, []));
  return store.encode();
}

/** Numbers paths from 1 on so that they are sorted by their parent, then by their name, as keys are. */
function numberPaths(entries: readonly ArchiveEntry[]): NumberedPath[] {
  const children = new Map<string, ArchiveEntry[]>();
  for (const entry of entries) {
    const parent = parentOf(entry.path);
    children.set(parent, [...(children.get(parent) ?? []), entry]);
  }
  const numbered: NumberedPath[] = [];
  const visit = (parentPath: string, parent: number): void => {
    for (const entry of children.get(parentPath) ?? []) {
      const name = entry.path.slice(entry.path.lastIndexOf('/') + 1);
      numbered.push({ entry, name, parent, number: numbered.length + 1 });
    }
  };
  visit('', 0);
  // Grows while it is walked: what is in the directories comes after all that is beside them.
  for (const { entry, number } of numbered) visit(entry.path, number);
  return numbered;
}

/** @returns empty for the root */
function parentOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash === -1 ? '' : path.slice(0, slash);
}

/** Type, mode, owner root (0), group wheel (0), time, size, checksum, and a link's empty target. */
function describe(entry: ArchiveEntry, mtime: number): Buffer {
  const { content } = entry;
  const directory = isDirectory(entry);
  const head = Buffer.alloc(6);
  head.writeUInt8(directory ? DIRECTORY : FILE, 0);
  head.writeUInt8(1, 1);
  head.writeUInt16BE(NO_ARCHITECTURE, 2);
  head.writeUInt16BE(entry.mode, 4);
  const checksum = directory ? 0 : posixChecksum(content);
  return Buffer.concat([
    head,
    uint32s(0, 0, mtime, content.length),
    Buffer.from([1]),
    uint32s(checksum, 0),
  ]);
}

/** Adds a tree of one leaf. @param pointers - of two block numbers each, value and key */
function addTree(store: BomStore, blockBytes: number, pointers: readonly Buffer[]): BlockNumber {
  const leaf = Buffer.alloc(12);
  leaf.writeUInt16BE(1, 0);
  leaf.writeUInt16BE(pointers.length, 2);
  const child = store.addBlock(Buffer.concat([leaf, ...pointers]));
  return store.addBlock(
    Buffer.concat([
      Buffer.from('tree', 'latin1'),
      uint32s(VERSION, child, blockBytes, pointers.length),
      Buffer.alloc(1),
    ]),
  );
}
