import { createHash, type Hash } from 'node:crypto';
import { constants, unlinkSync } from 'node:fs';
import { open, rename, unlink, type FileHandle } from 'node:fs/promises';
import { copyFailures } from '../../../failures/copies/copy.ts';
import { CommandError } from '../../../cli/framework/command-context.ts';
import { shownPath } from '../paths.ts';
import { claimPartial, type PartialNames, type PartialOwner } from './claimed-partial.ts';
import { publishing, writing } from './local-error.ts';
import { findReplaced, takeOwner } from './replaced-file.ts';
import { temporaryPath } from './temporary-path.ts';

/** What a copied file gets besides its bytes. */
export interface FileAttributes {
  /** Permission bits of a new file. */
  readonly mode: number;
  /** Whether a file that replaces another one gets them, too. Otherwise it keeps those of the old one. */
  readonly changesMode: boolean;
  /** Milliseconds since the epoch; undefined for the time of the copy. */
  readonly modifiedAt: number | undefined;
}

/** A file that is being written, under a temporary name beside its destination. */
export interface PartialFile {
  /** Its name now. */
  readonly path: Buffer;
  /** Bytes of an earlier copy; 0 unless that is resumed. */
  readonly resumedAt: number;
  /** Bytes that it has now. */
  readonly bytes: number;
  /** SHA-256 of all its bytes, in hexadecimal. */
  digest(): string;
  /** Removes its bytes: they are not those of the source. */
  clear(): Promise<void>;
  /** Appends bytes, all of them. */
  write(bytes: Buffer): Promise<void>;
  /** Gives it its attributes and its final name. An older file of this name is replaced in one step. */
  publish(attributes: FileAttributes): Promise<void>;
  /** Closes it, and leaves it for a later copy that resumes. */
  keep(): Promise<void>;
  /** Removes it at once: the program may be about to exit. */
  discard(): void;
}

/** Read and write for the user alone. */
const PRIVATE = 0o600;
const PERMISSIONS = 0o777;
/** One read while the bytes of an earlier copy are hashed. */
const HASH_READ_BYTES = 1024 * 1024;

/** Nothing is written through a symbolic link. Windows does not have it. */
const NO_FOLLOW = constants.O_NOFOLLOW | 0;

/**
 * Creates a partial file. Its name is new (O_EXCL), and only the user can read it.
 *
 * @param mark - part of its name: random, 12 characters at most
 * @throws CommandError when the system refuses it
 */
export async function createPartialFile(destination: Buffer, mark: string): Promise<PartialFile> {
  const path = temporaryPath(destination, mark);
  const flags = constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | NO_FOLLOW;
  const handle = await writing(destination, () => open(path, flags, PRIVATE));
  const names = { kept: path, claimed: path };
  return partialFile({ handle, names, destination, hash: newHash(), resumedAt: 0 });
}

/**
 * Opens the partial file that an earlier copy has left under this mark, or creates it. No other program gets it as
 * long as this one runs.
 *
 * @param signal - ends the reading of what is there, which takes minutes for a large one; its reason is thrown
 * @throws CommandError when the system refuses it, and when it is not a file that only this user could write
 */
export async function resumePartialFile(
  destination: Buffer,
  mark: string,
  owner: PartialOwner,
  signal: AbortSignal,
): Promise<PartialFile> {
  const names = await writing(destination, () => claimPartial(destination, mark, owner));
  try {
    return await openClaimed(destination, names, owner.uid, signal);
  } catch (error) {
    await rename(names.claimed, names.kept).catch(() => undefined);
    throw error;
  }
}

async function openClaimed(
  destination: Buffer,
  names: PartialNames,
  uid: number | undefined,
  signal: AbortSignal,
): Promise<PartialFile> {
  const { kept, claimed } = names;
  const flags = constants.O_RDWR | constants.O_CREAT | NO_FOLLOW;
  const handle = await writing(kept, () => open(claimed, flags, PRIVATE));
  try {
    const { size, nlink, uid: owner, mode } = await handle.stat();
    const isFile = (mode & constants.S_IFMT) === constants.S_IFREG;
    const isOwn = uid === undefined || (owner === uid && (mode & 0o022) === 0);
    if (!isFile || nlink !== 1 || !isOwn) {
      throw new CommandError(copyFailures['copy-partial-file-foreign'](shownPath(kept)));
    }
    const hash = newHash();
    await writing(kept, () => hashStart(handle, hash, size, signal));
    return partialFile({ handle, names, destination, hash, resumedAt: size });
  } catch (error) {
    await handle.close();
    throw error;
  }
}

function newHash(): Hash {
  return createHash('sha256');
}

async function hashStart(
  handle: FileHandle,
  hash: Hash,
  size: number,
  signal: AbortSignal,
): Promise<void> {
  const buffer = Buffer.allocUnsafe(HASH_READ_BYTES);
  for (let at = 0; at < size;) {
    signal.throwIfAborted();
    const { bytesRead } = await handle.read(buffer, 0, Math.min(HASH_READ_BYTES, size - at), at);
    if (bytesRead === 0) return;
    hash.update(buffer.subarray(0, bytesRead));
    at += bytesRead;
  }
}

async function setAttributes(
  handle: FileHandle,
  destination: Buffer,
  { mode, changesMode, modifiedAt }: FileAttributes,
): Promise<void> {
  const replaced = await findReplaced(destination);
  if (replaced !== undefined) {
    const { uid, gid } = await handle.stat();
    await takeOwner(replaced, { uid, gid, chown: (user, group) => handle.chown(user, group) });
  }
  await handle.chmod(replaced === undefined || changesMode ? mode & PERMISSIONS : replaced.mode);
  if (modifiedAt === undefined) return;
  const time = new Date(modifiedAt);
  await handle.utimes(time, time);
}

interface OpenedFile {
  readonly handle: FileHandle;
  readonly names: PartialNames;
  readonly destination: Buffer;
  readonly hash: Hash;
  readonly resumedAt: number;
}

function partialFile({ handle, names, destination, ...opened }: OpenedFile): PartialFile {
  let { hash, resumedAt } = opened;
  let path = names.claimed;
  let at = resumedAt;
  let state: 'open' | 'closed' | 'published' = 'open';
  const close = async (): Promise<void> => {
    if (state !== 'open') return;
    state = 'closed';
    await handle.close();
  };
  return {
    get path() {
      return path;
    },
    get resumedAt() {
      return resumedAt;
    },
    get bytes() {
      return at;
    },
    digest: () => hash.copy().digest('hex'),
    clear: () =>
      writing(destination, async () => {
        await handle.truncate();
        hash = newHash();
        at = 0;
        resumedAt = 0;
      }),
    write: (bytes) =>
      writing(destination, async () => {
        hash.update(bytes);
        for (let done = 0; done < bytes.length;) {
          const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, at);
          done += bytesWritten;
          at += bytesWritten;
        }
      }),
    publish: (attributes) =>
      publishing(destination, async () => {
        await setAttributes(handle, destination, attributes);
        await close();
        await rename(path, destination);
        state = 'published';
      }),
    async keep() {
      await close();
      try {
        await rename(path, names.kept);
        path = names.kept;
      } catch {
        // The next copy finds it under this name, too, when this program has ended.
      }
    },
    discard() {
      if (state === 'published') return;
      try {
        unlinkSync(path);
      } catch {
        // It is just being renamed, or another program has removed it.
      }
      // Windows removes it when it is closed.
      void close().then(
        () => unlink(path).catch(() => undefined),
        () => undefined,
      );
    },
  };
}
