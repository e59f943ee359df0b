import { constants } from 'node:fs';
import { link, lstat, lutimes, mkdir, open, symlink } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { extract, type Extract, type Header } from 'tar-stream';
import { copyFailures } from '../../../failures/copies/copy.ts';
import { CommandError, isCommandError } from '../../../cli/framework/command-context.ts';
import { asError } from '../../../lib/errors/as-error.ts';
import { systemCode } from '../../../lib/errors/system-error.ts';
import { writing } from '../local/local-error.ts';
import { joinPath, shownPath } from '../paths.ts';
import { entryNames } from './entry-path.ts';

/** How an archive becomes files. */
export interface UnpackOptions {
  /** An empty directory that only this user can write to. */
  readonly directory: Buffer;
  readonly platform: NodeJS.Platform;
  /** Permission bits that no file or directory gets. */
  readonly umask: number;
  /** Whether files and directories get the times in the archive. */
  readonly keepTimes: boolean;
  /** Takes the path of each entry, before it is made. */
  readonly onEntry: (path: Buffer) => void;
}

/** A directory in an archive. It gets its attributes when nothing is written to it any more. */
export interface UnpackedDirectory {
  /** From the directory that was unpacked in; empty for that one. */
  readonly path: Buffer;
  readonly mode: number;
  readonly mtime: Date;
}

/** What was unpacked. */
export interface Unpacked {
  /** Files and links. */
  readonly files: number;
  /** Devices, sockets and FIFOs, which are not copied; on Windows also links that the user may not make. */
  readonly skipped: number;
  readonly directories: readonly UnpackedDirectory[];
}

/** Until everything is in it. */
const PRIVATE_DIRECTORY = 0o700;
const PRIVATE_FILE = 0o600;
const PERMISSIONS = 0o777;
/**
 * Bytes of the paths of directories and symbolic links, which are in memory until the end: more than 100 000 of
 * them, but an archive without an end fills no memory.
 */
const MAX_KEPT_BYTES = 32 * 1024 * 1024;
/** Beside its path, what one of them takes in memory. */
const KEPT_ENTRY_BYTES = 200;

/** Why an archive cannot be read. */
const TOO_SHORT = 'it ends too early';

/** What is used after all files were made. */
interface Postponed {
  readonly links: { readonly path: Buffer; readonly to: Buffer; readonly mtime: Date }[];
  readonly directories: UnpackedDirectory[];
  bytes: number;
}

/**
 * Unpacks a tar archive that the target has made. Nothing is written outside the directory, whatever the archive
 * contains: an absolute path or one with `..` ends it, files are new (O_EXCL), and symbolic links are made last, so
 * that nothing is written through them. Owners, devices and the bits for set-user-id are not taken over. All
 * directories are left with the permissions of the user alone.
 *
 * @throws CommandError when the archive is unsafe or damaged, or the system refuses a file; the error of the stream
 */
export async function unpack(archive: Readable, options: UnpackOptions): Promise<Unpacked> {
  const postponed: Postponed = { links: [], directories: [], bytes: 0 };
  let files = 0;
  let skipped = 0;
  const entries = readEntries(archive);
  try {
    for await (const entry of entries) {
      const content = entry as unknown as AsyncIterable<Buffer>;
      const isMade = await makeEntry(entry.header, content, options, postponed);
      if (isMade && entry.header.type !== 'directory') files++;
      if (!isMade) skipped++;
      entry.resume();
    }
    const refused = await makeLinks(options, postponed);
    return {
      files: files - refused,
      skipped: skipped + refused,
      directories: postponed.directories,
    };
  } catch (error) {
    archive.unpipe();
    if (isCommandError(error) || error === archive.errored) throw error;
    throw new CommandError(copyFailures['copy-archive-damaged'](whyDamaged(asError(error))));
  }
}

/** The texts of the library are for its users; it reports an end that comes too early in several ways. */
function whyDamaged({ message }: Error): string {
  if (/^Unexpected end|destroyed$/.test(message)) return TOO_SHORT;
  return message.startsWith('Invalid') ? 'a header in it is damaged' : message;
}

function readEntries(archive: Readable): Extract {
  // Each byte of a name becomes a character: names need not be UTF-8.
  const options = { filenameEncoding: 'latin1' } as object;
  const entries = extract(options);
  archive.once('close', () => {
    if (archive.readableEnded) return;
    entries.destroy(archive.errored ?? new Error(TOO_SHORT));
  });
  archive.pipe(entries);
  return entries;
}

/** @returns false for an entry that is not copied */
async function makeEntry(
  header: Header,
  content: AsyncIterable<Buffer>,
  options: UnpackOptions,
  postponed: Postponed,
): Promise<boolean> {
  const names = entryNames(latin1Path(header.name, isPax(header, 'path')), options.platform);
  const path = pathOf(options.directory, names);
  options.onEntry(pathOf(Buffer.alloc(0), names));
  if (header.type === 'directory') {
    await makeDirectories(options.directory, names);
    keep(postponed, path.length);
    const { mode, mtime } = header;
    postponed.directories.push({ path: pathOf(Buffer.alloc(0), names), mode, mtime });
    return true;
  }
  if (names.length === 0) throw unsafe(header.name, 'a file in the place of the directory');
  await makeDirectories(options.directory, names.slice(0, -1));
  switch (header.type) {
    case 'file':
    case 'contiguous-file':
      if (isPax(header, 'GNU.sparse.name')) throw unsafe(header.name, 'a sparse file');
      await writeFile(path, header, content, options);
      return true;
    case 'link': {
      const target = latin1Path(header.linkname, isPax(header, 'linkpath'));
      const source = pathOf(options.directory, entryNames(target, options.platform));
      await writing(path, () => link(source, path));
      return true;
    }
    case 'symlink': {
      const to = Buffer.from(latin1Path(header.linkname, isPax(header, 'linkpath')), 'latin1');
      keep(postponed, path.length + to.length);
      postponed.links.push({ path, to, mtime: header.mtime });
      return true;
    }
    case 'character-device':
    case 'block-device':
    case 'fifo':
      return false;
    default:
      throw unsafe(header.name, 'an entry of a kind that is not known');
  }
}

function unsafe(name: string, why: string): CommandError {
  return new CommandError(
    copyFailures['copy-archive-unsafe'](shownPath(Buffer.from(name, 'latin1')), why),
  );
}

function keep(postponed: Postponed, bytes: number): void {
  postponed.bytes += bytes + KEPT_ENTRY_BYTES;
  if (postponed.bytes <= MAX_KEPT_BYTES) return;
  throw new CommandError(
    copyFailures['copy-archive-damaged']('it has too many directories and symbolic links'),
  );
}

/** Attributes of an extended header are text in UTF-8 (POSIX, pax). */
function isPax({ pax }: Header, attribute: string): boolean {
  return typeof pax === 'object' && pax !== null && attribute in pax;
}

function latin1Path(name: string, isText: boolean): string {
  return isText ? Buffer.from(name).toString('latin1') : name;
}

function pathOf(directory: Buffer, names: readonly string[]): Buffer {
  const path = Buffer.from(names.join('/'), 'latin1');
  return path.length === 0 ? directory : joinPath(directory, path);
}

/** Everything in the directory was made here, and no symbolic link yet. */
async function makeDirectories(directory: Buffer, names: readonly string[]): Promise<void> {
  const path = pathOf(directory, names);
  try {
    await mkdir(path, PRIVATE_DIRECTORY);
  } catch (error) {
    const code = systemCode(error);
    if (code === 'ENOENT' && names.length > 0) {
      await makeDirectories(directory, names.slice(0, -1));
      await writing(path, () => mkdir(path, PRIVATE_DIRECTORY));
      return;
    }
    if (code === 'EEXIST' && (await lstat(path)).isDirectory()) return;
    await writing(path, () => Promise.reject(asError(error)));
  }
}

async function writeFile(
  path: Buffer,
  { mode, mtime }: Header,
  content: AsyncIterable<Buffer>,
  { umask, keepTimes }: UnpackOptions,
): Promise<void> {
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL;
  const file = await writing(path, () => open(path, flags, PRIVATE_FILE));
  try {
    // Errors of the archive are not those of the file.
    for await (const bytes of content) await writing(path, () => file.writeFile(bytes));
    await writing(path, async () => {
      await file.chmod(mode & PERMISSIONS & ~umask);
      if (keepTimes) await file.utimes(mtime, mtime);
    });
  } finally {
    await file.close();
  }
}

/** @returns how many the system does not let this user make: on Windows that needs a privilege */
async function makeLinks(
  { platform, keepTimes }: UnpackOptions,
  { links }: Postponed,
): Promise<number> {
  let refused = 0;
  for (const { path, to, mtime } of links) {
    try {
      await symlink(to, path);
    } catch (error) {
      if (platform !== 'win32' || systemCode(error) !== 'EPERM') {
        await writing(path, () => Promise.reject(asError(error)));
      }
      refused++;
      continue;
    }
    if (keepTimes) await writing(path, () => lutimes(path, mtime, mtime));
  }
  return refused;
}
