import { createHash } from 'node:crypto';
import { PassThrough } from 'node:stream';
import { copyFailures } from '../../failures/copies/copy.ts';
import { CommandError, type CommandContext } from '../../cli/framework/command-context.ts';
import { printable } from '../../lib/printable.ts';
import type { CopyRun } from './copy-run.ts';
import type { PathDownloader } from './files/target-files.ts';
import { joinPath, lastName, shownPath } from './paths.ts';
import type { CopiedItem, CopyResult } from './report/copied-item.ts';
import { createStagedTree, type StagedTree } from './tree/staged-tree.ts';

/** What the copy of a directory needs of its run. */
export type TreeRun = Pick<CopyRun, 'stopped' | 'umask' | 'mark'> & {
  readonly context: Pick<CommandContext, 'platform'> & {
    readonly output: Pick<CommandContext['output'], 'notify'>;
  };
  readonly options: Pick<CopyRun['options'], 'preserves' | 'sudo'>;
};

/** The copy of a directory of a target. */
export interface TreeCopy {
  readonly downloader: Pick<PathDownloader, 'download'>;
  readonly path: Buffer;
  /** The final name of the directory here, without symbolic links. */
  readonly destination: Buffer;
  readonly item: CopiedItem;
}

/**
 * Copies a directory of a target into a temporary directory, and gives everything its name when the archive is here
 * whole. A directory that exists keeps its other files. After a failure nothing is left.
 *
 * @throws ProgramError that names a path; the reason of the signal that stopped it
 */
export async function copyTreeHere(run: TreeRun, copy: TreeCopy): Promise<CopyResult> {
  const { stopped, context, umask, options } = run;
  const staged = await createStagedTree(copy.destination, run.mark());
  const discard = (): void => staged.discard();
  stopped.addEventListener('abort', discard);
  try {
    const { sha256, unpacked } = await download(run, copy, staged);
    await staged.publish({
      directories: unpacked.directories,
      umask: options.preserves ? 0 : umask,
      keepTimes: options.preserves,
      changesModes: options.preserves,
    });
    if (unpacked.skipped > 0) {
      context.output.notify(
        `Not copied from ${copy.item.source}: ${unpacked.skipped} devices, sockets, FIFOs or links that this machine does not allow.`,
      );
    }
    return { sha256, files: unpacked.files };
  } finally {
    stopped.removeEventListener('abort', discard);
    discard();
  }
}

async function download(run: TreeRun, copy: TreeCopy, staged: StagedTree) {
  const { context, options, umask, stopped } = run;
  const { downloader, item } = copy;
  const { unpack } = await import('./tree/unpack.ts');
  const archive = new PassThrough();
  const hash = createHash('sha256');
  // What cannot be unpacked is not sent, either.
  const failed = new AbortController();
  const name = lastName(copy.path);
  const unpacking = unpack(archive, {
    directory: staged.directory,
    platform: context.platform,
    umask: options.preserves ? 0 : umask,
    keepTimes: options.preserves,
    onEntry(path) {
      item.current = printable(shownPath(name === undefined ? path : joinPath(name, path)));
    },
  });
  unpacking.catch((error: unknown) => failed.abort(error));
  try {
    const { sha256 } = await downloader.download({
      title: item.source,
      wanted: { kind: 'directory', path: copy.path },
      sudo: options.sudo,
      from: 0,
      async write(bytes) {
        hash.update(bytes);
        item.bytes += bytes.length;
        // It keeps what is not unpacked yet.
        await writeTo(archive, Buffer.from(bytes), failed.signal);
      },
      signal: AbortSignal.any([stopped, failed.signal]),
    });
    archive.end();
    const unpacked = await unpacking;
    if (sha256 === hash.digest('hex')) return { sha256, unpacked };
    throw new CommandError(copyFailures['copy-changed'](item.source));
  } catch (error) {
    archive.destroy();
    // Nothing is created after it is removed.
    await unpacking.catch(() => undefined);
    throw error;
  }
}

/** Waits while the files are written more slowly than the archive comes. */
async function writeTo(archive: PassThrough, bytes: Buffer, failed: AbortSignal): Promise<void> {
  failed.throwIfAborted();
  if (archive.write(bytes)) return;
  await new Promise<void>((resolve, reject) => {
    const settle = (): void => {
      archive.off('drain', settle);
      failed.removeEventListener('abort', settle);
      if (failed.aborted) reject(failed.reason as Error);
      else resolve();
    };
    archive.on('drain', settle);
    failed.addEventListener('abort', settle);
  });
}
