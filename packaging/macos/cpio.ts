import { isDirectory, type ArchiveEntry } from './archive-entry.ts';
import { BuildError } from '../../build/runtime/build-error.mjs';

const MAGIC = '070707';
const TRAILER = 'TRAILER!!!';
/** What `cpio` fills its output up to a multiple of. */
const BLOCK_BYTES = 512;
/** The largest size that eleven octal digits have room for. */
const MAX_SIZE = 0o77777777777;

/**
 * Writes an archive in the portable format of POSIX ("odc"), in which the installer of macOS wants
 * payloads and scripts. Everything is owned by root and wheel.
 *
 * @param mtime - of every entry, in seconds since the epoch
 * @throws BuildError when a file has 8 GiB or more
 */
export function encodeCpio(entries: readonly ArchiveEntry[], mtime: number): Buffer {
  const parts = entries.flatMap((entry, index) => {
    if (entry.content.length > MAX_SIZE)
      throw new BuildError(`${entry.path} is too large for cpio`);
    return [header(entry, index + 1, mtime), entry.content];
  });
  parts.push(header({ path: TRAILER, mode: 0, content: Buffer.alloc(0) }, 0, 0));
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const padding = Buffer.alloc((BLOCK_BYTES - (length % BLOCK_BYTES)) % BLOCK_BYTES);
  return Buffer.concat([...parts, padding]);
}

function header(entry: ArchiveEntry, inode: number, mtime: number): Buffer {
  const name = `${entry.path}\0`;
  const links = isDirectory(entry) ? 2 : 1;
  const fields = [
    MAGIC,
    octal(0, 6), // device
    octal(inode, 6),
    octal(entry.mode, 6),
    octal(0, 6), // owner
    octal(0, 6), // group
    octal(links, 6),
    octal(0, 6), // device that the entry is
    octal(mtime, 11),
    octal(Buffer.byteLength(name), 6),
    octal(entry.content.length, 11),
  ];
  return Buffer.from(fields.join('') + name, 'utf8');
}

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, '0');
}
