/** Kinds of entries that are written, by their flags in a header (POSIX, ustar). */
const FLAGS = { file: '0', link: '2', directory: '5' } as const;

/** One entry of an archive. */
export interface TarEntry {
  readonly kind: keyof typeof FLAGS;
  readonly path: Buffer;
  /** Where a symbolic link points to; empty for others. */
  readonly linkTo: Buffer;
  /** Permission bits. Others, such as set-user-id, are left out. */
  readonly mode: number;
  /** Bytes of its content. */
  readonly size: number;
  /** Milliseconds since the epoch. */
  readonly modifiedAt: number;
}

/** Archives consist of blocks of this many bytes. */
const TAR_BLOCK_BYTES = 512;

/** Fields of a header: where each begins, and its bytes (GNU tar manual, "Basic Tar Format"). */
const FIELDS = {
  name: [0, 100],
  mode: [100, 8],
  uid: [108, 8],
  gid: [116, 8],
  size: [124, 12],
  mtime: [136, 12],
  checksum: [148, 8],
  flag: [156, 1],
  linkName: [157, 100],
  magic: [257, 8],
} as const;

/** The format of GNU tar: all tars read it, and its names are bytes. Names in the format of POSIX are UTF-8. */
const GNU_MAGIC = 'ustar  \0';
/** The path of an entry that contains a long name. */
const LONG_NAME_PATH = Buffer.from('././@LongLink');
const LONG_PATH_FLAG = 'L';
const LONG_LINK_FLAG = 'K';
/** Those of an entry. */
export const PERMISSIONS = 0o777;
/** The first byte of a number in base 256. */
const BASE_256 = 0x80;
const MS_PER_SECOND = 1000;

/** The headers of an entry, one after another; its content follows, in whole blocks. */
export function tarHeader(entry: TarEntry): Buffer {
  return Buffer.concat([
    ...longName(entry.path, LONG_PATH_FLAG, FIELDS.name[1]),
    ...longName(entry.linkTo, LONG_LINK_FLAG, FIELDS.linkName[1]),
    header(entry, FLAGS[entry.kind]),
  ]);
}

/** The zeros between the end of a content and the next block. */
export function padding(size: number): Buffer {
  return Buffer.alloc((TAR_BLOCK_BYTES - (size % TAR_BLOCK_BYTES)) % TAR_BLOCK_BYTES);
}

/** Ends an archive. */
export const END_OF_ARCHIVE = Buffer.alloc(2 * TAR_BLOCK_BYTES);

/** A name that does not fit in a header is the content of an entry before it. */
function longName(name: Buffer, flag: string, room: number): readonly Buffer[] {
  if (name.length <= room) return [];
  const content = Buffer.concat([name, Buffer.alloc(1)]);
  const entry = {
    path: LONG_NAME_PATH,
    linkTo: Buffer.alloc(0),
    mode: 0,
    size: content.length,
    modifiedAt: 0,
  };
  return [header(entry, flag), content, padding(content.length)];
}

function header(entry: Omit<TarEntry, 'kind'>, flag: string): Buffer {
  const block = Buffer.alloc(TAR_BLOCK_BYTES);
  entry.path.copy(block, FIELDS.name[0], 0, FIELDS.name[1]);
  writeNumber(block, FIELDS.mode, entry.mode & PERMISSIONS);
  writeNumber(block, FIELDS.uid, 0);
  writeNumber(block, FIELDS.gid, 0);
  writeNumber(block, FIELDS.size, entry.size);
  writeNumber(block, FIELDS.mtime, Math.max(0, Math.floor(entry.modifiedAt / MS_PER_SECOND)));
  block.write(flag, FIELDS.flag[0], 'latin1');
  entry.linkTo.copy(block, FIELDS.linkName[0], 0, FIELDS.linkName[1]);
  block.write(GNU_MAGIC, FIELDS.magic[0], 'latin1');
  writeChecksum(block);
  return block;
}

/** The sum of all bytes of the header, with blanks in the place of the sum. */
function writeChecksum(block: Buffer): void {
  const [start, length] = FIELDS.checksum;
  block.fill(' ', start, start + length);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, start, 'latin1');
}

/** Octal digits and a zero byte; what needs more digits is in base 256. */
function writeNumber(block: Buffer, [start, length]: readonly [number, number], value: number) {
  const digits = value.toString(8);
  if (digits.length < length) {
    block.write(digits.padStart(length - 1, '0'), start, 'latin1');
    return;
  }
  let rest = value;
  for (let at = start + length - 1; at > start; at--) {
    block[at] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  block[start] = BASE_256;
}
