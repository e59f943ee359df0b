import type { Readable } from 'node:stream';
import { copyFailures } from '../../failures/copies/copy.ts';
import { CommandError } from '../../cli/framework/command-context.ts';
import { printable } from '../../lib/printable.ts';
import { copyEach, type CopyRun } from './copy-run.ts';
import type { CopyTarget } from './copy-target.ts';
import { openLocalSource, type LocalFile } from './local/local-source.ts';
import { endsWithSlash, joinPath, lastName, shownPath, withoutSlashes } from './paths.ts';
import type { Place } from './places.ts';
import type { RemoteKind } from './files/remote-path.ts';
import type { CopiedItem, CopyResult } from './report/copied-item.ts';
import type { CopyRequest } from './request.ts';
import type { UploadEnd, UploadRequest } from './up/run-upload.ts';

/** A copy to a target. */
export type UpRequest = Extract<CopyRequest, { readonly direction: 'up' }>;

/** The DESTINATION on the target. */
interface RemoteDestination {
  readonly path: Buffer;
  readonly kind: RemoteKind;
}

/** Of a file from stdin. */
const STDIN_MODE = 0o644;

/**
 * Copies each source to the target, one after the other. One that fails is reported, and the others are copied.
 *
 * @returns whether all were copied
 * @throws CommandError for a destination that cannot be one; the reason of the signal that stopped it
 */
export async function copyUp(
  run: CopyRun,
  { sources, destination: place }: UpRequest,
  target: CopyTarget,
): Promise<boolean> {
  const { options } = run;
  const { files } = target.engine;
  const { path } = files.locate(place.path);
  const destination = { path, kind: await files.kindOf(path, options.sudo) };
  checkDestination(destination, sources.length, options.isRecursive, target.title);
  return copyEach(run, { sources, destination: place }, (source, item) =>
    copyOne(run, target, { source, item, destination }),
  );
}

function checkDestination(
  { path, kind }: RemoteDestination,
  sources: number,
  isRecursive: boolean,
  where: string,
): void {
  if (kind === 'directory') return;
  const isNew = kind === 'missing';
  if (sources <= 1 && (!endsWithSlash(path) || (isNew && isRecursive))) return;
  const failure = isNew ? 'copy-directory-missing' : 'copy-needs-directory';
  throw new CommandError(copyFailures[failure](shownPath(path), where));
}

interface OneCopy {
  readonly source: UpRequest['sources'][number];
  readonly item: CopiedItem;
  readonly destination: RemoteDestination;
}

async function copyOne(run: CopyRun, target: CopyTarget, copy: OneCopy): Promise<CopyResult> {
  const { context, options } = run;
  const { source, destination } = copy;
  if (source.kind === 'stream') {
    if (destination.kind === 'directory') {
      throw new CommandError(
        copyFailures['copy-stdin-needs-name'](shownPath(destination.path), target.title),
      );
    }
    return copyStream(run, target, copy, { stream: context.terminal.input, mode: STDIN_MODE });
  }
  const local = await openLocalSource(source.path, options.isRecursive, context.platform);
  switch (local.kind) {
    case 'directory':
      return copyTree(run, target, copy, local.path);
    case 'stream':
      return copyStream(run, target, copy, {
        stream: await local.open({ signal: run.stopped, clock: context.clock }),
        mode: local.mode,
      });
    case 'file':
      try {
        return await copyFile(run, target, copy, local);
      } finally {
        await local.close();
      }
  }
}

/** A source keeps its name below a directory that exists. */
function finalPath({ path, kind }: RemoteDestination, source: Place): Buffer {
  const name = source.kind === 'local' ? lastName(source.path) : undefined;
  const isBelow = kind === 'directory' && name !== undefined;
  return isBelow ? joinPath(path, name) : withoutSlashes(path);
}

function copyFile(
  run: CopyRun,
  target: CopyTarget,
  copy: OneCopy,
  file: LocalFile,
): Promise<CopyResult> {
  const { options } = run;
  copy.item.total = file.size;
  return copyContent(run, target, copy, {
    source: { kind: 'file', size: file.size, read: (into, offset) => file.read(into, offset) },
    mode: file.mode,
    modifiedAt: options.preserves ? file.modifiedAt : undefined,
    resume: options.resumes,
  });
}

interface CopiedStream {
  readonly stream: Readable;
  readonly mode: number;
}

/** A stream cannot be read again, so that no later copy can continue it. */
function copyStream(
  run: CopyRun,
  target: CopyTarget,
  copy: OneCopy,
  { stream, mode }: CopiedStream,
): Promise<CopyResult> {
  return copyContent(run, target, copy, {
    source: { kind: 'stream', stream },
    mode,
    modifiedAt: undefined,
    resume: false,
  });
}

async function copyContent(
  run: CopyRun,
  { engine }: CopyTarget,
  { source, item, destination }: OneCopy,
  content: Pick<UploadRequest, 'source' | 'mode' | 'modifiedAt' | 'resume'>,
): Promise<CopyResult> {
  const { options, report, stopped } = run;
  report.begin(item);
  const end = await engine.upload({
    ...content,
    destination: finalPath(destination, source),
    sudo: options.sudo,
    sessions: options.sessions,
    signal: stopped,
    progress(done, resumed) {
      item.bytes = done;
      item.resumedAt = resumed;
    },
  });
  return resultOf(run, end, undefined);
}

async function copyTree(
  run: CopyRun,
  target: CopyTarget,
  { source, item, destination }: OneCopy,
  directory: Buffer,
): Promise<CopyResult> {
  const { context, options, report, stopped } = run;
  target.engine.files.requireTar();
  const { measureTree, packTree } = await import('./tree/pack.ts');
  const measured = await measureTree(directory, context.platform, stopped);
  const { files, skipped, archiveBytes, mode } = measured;
  item.total = archiveBytes;
  report.begin(item);
  const top = lastName(directory) ?? directory;
  const end = await target.engine.uploadTree({
    archive: (umask) =>
      packTree(directory, context.platform, umask, (path) => {
        item.current = printable(shownPath(path.length === 0 ? top : joinPath(top, path)));
      }),
    directory: finalPath(destination, source),
    mode,
    preserve: options.preserves,
    sudo: options.sudo,
    signal: stopped,
    progress(done) {
      item.bytes = done;
    },
  });
  const result = resultOf(run, end, files);
  if (skipped > 0) {
    context.output.notify(`Not copied from ${item.source}: ${skippedText(skipped)}.`);
  }
  return result;
}

function skippedText(count: number): string {
  return count === 1 ? '1 device, socket or FIFO' : `${count} devices, sockets or FIFOs`;
}

/** @throws ProgramError when it was not copied; the reason of the signal that stopped it */
function resultOf({ context, stopped }: CopyRun, end: UploadEnd, files: number | undefined) {
  if (end.kind === 'done') return { sha256: end.sha256, files };
  if (end.partial !== undefined) {
    const path = printable(shownPath(end.partial));
    context.output.notify(
      `The partial copy on the target is ${path}. To continue it, run the command again.`,
    );
  }
  if (end.kind === 'failed') throw end.error;
  stopped.throwIfAborted();
  throw new Error('the upload was stopped');
}
