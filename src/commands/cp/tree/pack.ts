import type { Stats } from 'node:fs';
import { lstat, open, readdir, readlink } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { copyFailures } from '../../../failures/copies/copy.ts';
import { CommandError } from '../../../cli/framework/command-context.ts';
import { reading } from '../local/local-error.ts';
import { joinPath, shownPath } from '../paths.ts';
import { END_OF_ARCHIVE, padding, PERMISSIONS, tarHeader, type TarEntry } from './tar-header.ts';

/** What is in a directory, all of it. */
export interface MeasuredTree {
  /** Files and symbolic links. */
  readonly files: number;
  /** Devices, sockets and FIFOs, which are not copied. */
  readonly skipped: number;
  /** Bytes of its archive. */
  readonly archiveBytes: number;
  /** Permission bits of the directory itself. */
  readonly mode: number;
}

/** One read of a file. */
const PACK_READ_BYTES = 256 * 1024;
/** Of a directory that is being filled. */
const OWNER_MAY_WRITE = 0o700;
/** On Windows, files have no permission bits (fs.Stats reports 0o666 for all). */
const WINDOWS_MODES = { directory: 0o755, file: 0o644 } as const;

interface Found {
  /** On this machine. */
  readonly file: Buffer;
  readonly entry: TarEntry;
  /** Of a directory that has content: `begin` comes before that, and `end` after it. */
  readonly part: 'whole' | 'begin' | 'end';
}

/**
 * Counts what is in a directory, to show the progress of its copy.
 *
 * @param signal - ends it, which takes minutes for a large directory; its reason is thrown
 */
export async function measureTree(
  directory: Buffer,
  platform: NodeJS.Platform,
  signal: AbortSignal,
): Promise<MeasuredTree> {
  let files = 0;
  let skipped = 0;
  let archiveBytes = END_OF_ARCHIVE.length;
  let mode = 0;
  for await (const found of walk(directory, platform)) {
    signal.throwIfAborted();
    if (found === 'skipped') {
      skipped++;
      continue;
    }
    const { entry } = found;
    // The directory itself comes last.
    mode = entry.mode & PERMISSIONS;
    if (entry.kind !== 'directory') files++;
    archiveBytes += tarHeader(entry).length + entry.size + padding(entry.size).length;
  }
  return { files, skipped, archiveBytes, mode };
}

/**
 * The tar archive of a directory: symbolic links as such, empty directories, permissions and times; no owners. Its
 * paths begin with `./`.
 *
 * A directory with content has two entries, and the owner may write to it until the second one: BusyBox's tar sets
 * permissions and times at once, and could not fill a read-only directory. GNU tar and bsdtar wait for the end with them
 * (BusyBox 1.35, GNU tar 1.34, libarchive 3.6, run).
 *
 * @param umask - permission bits that no entry has
 * @param onEntry - takes the path of each entry in the directory, before it is read
 * @returns fails with a CommandError when something in it cannot be read
 */
export function packTree(
  directory: Buffer,
  platform: NodeJS.Platform,
  umask: number,
  onEntry: (path: Buffer) => void,
): Readable {
  return Readable.from(archive(directory, platform, umask, onEntry), { objectMode: false });
}

async function* archive(
  directory: Buffer,
  platform: NodeJS.Platform,
  umask: number,
  onEntry: (path: Buffer) => void,
): AsyncGenerator<Buffer> {
  for await (const found of walk(directory, platform)) {
    if (found === 'skipped') continue;
    const { entry, part } = found;
    const mode = entry.mode & ~umask;
    onEntry(entry.path.subarray('./'.length));
    yield tarHeader({ ...entry, mode: part === 'begin' ? mode | OWNER_MAY_WRITE : mode });
    if (entry.kind === 'file') yield* content(found);
  }
  yield END_OF_ARCHIVE;
}

/** A file that has grown since it was measured is cut: the archive has its size already. */
async function* content({ file, entry: { size } }: Found): AsyncGenerator<Buffer> {
  const handle = await reading(file, () => open(file));
  try {
    for (let at = 0; at < size;) {
      const wanted = Math.min(PACK_READ_BYTES, size - at);
      const buffer = Buffer.allocUnsafe(wanted);
      const { bytesRead } = await reading(file, () => handle.read(buffer, 0, wanted, at));
      if (bytesRead === 0) {
        throw new CommandError(copyFailures['copy-shrunk'](shownPath(file)));
      }
      yield buffer.subarray(0, bytesRead);
      at += bytesRead;
    }
  } finally {
    await handle.close();
  }
  yield padding(size);
}

/** A directory comes before what is in it, and after it again. */
async function* walk(
  file: Buffer,
  platform: NodeJS.Platform,
  path: Buffer = Buffer.from('.'),
): AsyncGenerator<Found | 'skipped'> {
  // The directory itself may be named by a link.
  const at = path.length === 1 ? joinPath(file, path) : file;
  const stats = await reading(file, () => lstat(at));
  const entry = await entryOf(stats, file, path, platform);
  if (entry === undefined) {
    yield 'skipped';
    return;
  }
  if (entry.kind !== 'directory') {
    yield { file, entry, part: 'whole' };
    return;
  }
  const names = await reading(file, () => readdir(file, { encoding: 'buffer' }));
  if (names.length > 0) yield { file, entry, part: 'begin' };
  // The same order at each time.
  for (const name of names.sort((a, b) => a.compare(b))) {
    yield* walk(joinPath(file, name), platform, joinPath(path, name));
  }
  yield { file, entry, part: names.length > 0 ? 'end' : 'whole' };
}

/** @returns undefined for what is not copied */
async function entryOf(
  stats: Stats,
  file: Buffer,
  path: Buffer,
  platform: NodeJS.Platform,
): Promise<TarEntry | undefined> {
  const common = {
    path,
    linkTo: Buffer.alloc(0),
    mode: stats.mode,
    size: 0,
    modifiedAt: stats.mtimeMs,
  };
  const isWindows = platform === 'win32';
  if (stats.isDirectory()) {
    const mode = isWindows ? WINDOWS_MODES.directory : stats.mode;
    return { ...common, kind: 'directory', path: joinPath(path, Buffer.alloc(0)), mode };
  }
  if (stats.isFile()) {
    const mode = isWindows ? WINDOWS_MODES.file : stats.mode;
    return { ...common, kind: 'file', size: stats.size, mode };
  }
  if (!stats.isSymbolicLink()) return undefined;
  const linkTo = await reading(file, () => readlink(file, { encoding: 'buffer' }));
  return { ...common, kind: 'link', linkTo: isWindows ? withSlashes(linkTo) : linkTo };
}

function withSlashes(path: Buffer): Buffer {
  return Buffer.from(path.toString('latin1').replaceAll('\\', '/'), 'latin1');
}
