import { createReadStream, type Stats } from 'node:fs';
import { open, stat, type FileHandle } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { copyFailures } from '../../../failures/copies/copy.ts';
import { CommandError } from '../../../cli/framework/command-context.ts';
import { shownPath } from '../paths.ts';
import { openFifo, type FifoWait } from './fifo.ts';
import { reading, THIS_MACHINE } from './local-error.ts';

/** A SOURCE of this machine. */
export type LocalSource =
  LocalFile | LocalStream | { readonly kind: 'directory'; readonly path: Buffer };

/** A FIFO, a device or a file of the kernel: its length is not known. */
export interface LocalStream {
  readonly kind: 'stream';
  /** Of the copy. */
  readonly mode: number;
  /** Waits for the writer of a FIFO. */
  open(wait: FifoWait): Promise<Readable>;
}

/** A file that is open. */
export interface LocalFile {
  readonly kind: 'file';
  readonly path: Buffer;
  /** Bytes when it was opened. What is added later is not copied. */
  readonly size: number;
  /** Permission bits. */
  readonly mode: number;
  readonly modifiedAt: Date;
  /** Fills a buffer from `offset`. Returns how many bytes there are; fewer only at the end of the file. */
  read(into: Buffer, offset: number): Promise<number>;
  close(): Promise<void>;
}

const PERMISSIONS = 0o777;
/** On Windows, files have no permission bits (fs.Stats reports 0o666 for all). */
const WINDOWS_MODE = 0o644;
/** Of the copy of a FIFO or a device. */
const STREAM_MODE = 0o644;
/** Files of /sys have the size of a page, whatever they contain: 4, 16 or 64 KiB (Linux). */
export const LARGEST_PAGE_BYTES = 64 * 1024;

/**
 * Opens a SOURCE. Symbolic links are followed.
 *
 * @throws CommandError when it does not exist or cannot be read, or is a directory without `-r`
 */
export async function openLocalSource(
  path: Buffer,
  isRecursive: boolean,
  platform: NodeJS.Platform,
): Promise<LocalSource> {
  const stats = await reading(path, () => stat(path));
  if (stats.isDirectory()) {
    if (isRecursive) return { kind: 'directory', path };
    throw new CommandError(copyFailures['copy-directory'](shownPath(path), THIS_MACHINE));
  }
  if (stats.isFIFO() || stats.isCharacterDevice()) {
    return stats.isFIFO() ? fifo(path) : streamOf(path, STREAM_MODE);
  }
  if (!stats.isFile()) {
    throw new CommandError(copyFailures['copy-special-file'](shownPath(path), THIS_MACHINE));
  }
  const handle = await reading(path, () => open(path));
  try {
    const opened = await reading(path, () => handle.stat());
    const file = localFile(path, handle, opened, platform);
    if (await isSizeTrue(file)) return file;
    await handle.close();
    return streamOf(path, file.mode);
  } catch (error) {
    await handle.close();
    throw error;
  }
}

function fifo(path: Buffer): LocalStream {
  return {
    kind: 'stream',
    mode: STREAM_MODE,
    open: (wait) => reading(path, () => openFifo(path, wait)),
  };
}

function streamOf(path: Buffer, mode: number): LocalStream {
  return { kind: 'stream', mode, open: () => Promise.resolve(createReadStream(path)) };
}

/** Files of /proc have a size of 0, and content. */
async function isSizeTrue(file: LocalFile): Promise<boolean> {
  const { size } = file;
  if (size > LARGEST_PAGE_BYTES) return true;
  const length = await file.read(Buffer.allocUnsafe(Math.max(size, 1)), 0);
  return length === size;
}

function localFile(
  path: Buffer,
  handle: FileHandle,
  { size, mode, mtime }: Stats,
  platform: NodeJS.Platform,
): LocalFile {
  return {
    kind: 'file',
    path,
    size,
    mode: platform === 'win32' ? WINDOWS_MODE : mode & PERMISSIONS,
    modifiedAt: mtime,
    read: (into, offset) => reading(path, () => readFully(handle, into, offset)),
    close: () => handle.close(),
  };
}

async function readFully(handle: FileHandle, into: Buffer, offset: number): Promise<number> {
  let done = 0;
  while (done < into.length) {
    const { bytesRead } = await handle.read(into, done, into.length - done, offset + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return done;
}
