import { copyFailures } from '../../failures/copies/copy.ts';
import { CommandError } from '../../cli/framework/command-context.ts';
import { copyFileHere, leavePartial, openPartialFile } from './copy-file-here.ts';
import { copyEach, type CopyRun } from './copy-run.ts';
import { copyToStdout } from './copy-to-stdout.ts';
import { copyTreeHere } from './copy-tree-here.ts';
import type { CopyTarget } from './copy-target.ts';
import type { InspectedFile, InspectedSource } from './down/inspect-source.ts';
import { checkName } from './tree/entry-path.ts';
import type { PartialFile } from './local/partial-file.ts';
import {
  checkFileDestination,
  checkTreeDestination,
  destinationPath,
  resolveDestination,
  type LocalDestination,
} from './local/local-destination.ts';
import type { PathDownloader } from './files/target-files.ts';
import { shownPath } from './paths.ts';
import type { CopiedItem, CopyResult } from './report/copied-item.ts';
import type { CopyRequest, RemotePlace } from './request.ts';

/** A copy to this machine. */
export type DownRequest = Extract<CopyRequest, { readonly direction: 'down' }>;

/** What the sources of one target share. */
interface Origin {
  readonly target: CopyTarget;
  readonly downloader: PathDownloader;
}

/**
 * Copies each source to this machine, one after the other. One that fails is reported, and the others are copied.
 *
 * @param targetOf - finds the target of a source
 * @returns whether all were copied
 * @throws CommandError for a destination that cannot be one; the reason of the signal that stopped it
 */
export async function copyDown(
  run: CopyRun,
  { sources, destination }: DownRequest,
  targetOf: (place: RemotePlace) => Promise<CopyTarget>,
): Promise<boolean> {
  const { options } = run;
  const to =
    destination.kind === 'stream'
      ? ('stdout' as const)
      : await resolveDestination(destination.path, sources.length, options.isRecursive);
  const origins = new Map<CopyTarget, Origin>();
  try {
    return await copyEach(run, { sources, destination }, async (place, item) => {
      const target = await targetOf(place);
      const origin = origins.get(target) ?? openOrigin(run, target);
      origins.set(target, origin);
      return copyOne(run, origin, { place, item, to });
    });
  } finally {
    await Promise.all([...origins.values()].map(({ downloader }) => downloader.close()));
  }
}

function openOrigin({ options }: CopyRun, target: CopyTarget): Origin {
  const { sessions, limitRate } = options;
  return {
    target,
    downloader: target.engine.openDownloader({ sessions, limitRate }),
  };
}

interface OneCopy {
  readonly place: RemotePlace;
  readonly item: CopiedItem;
  readonly to: LocalDestination | 'stdout';
}

/** @returns undefined when the reader of stdout has closed it */
async function copyOne(
  run: CopyRun,
  { target, downloader }: Origin,
  { place, item, to }: OneCopy,
): Promise<CopyResult | undefined> {
  const { options, report } = run;
  const { files } = target.engine;
  const { path, name } = files.locate(place.path);
  if (to !== 'stdout' && name !== undefined) {
    checkName(name.toString('latin1'), () => shownPath(name), run.context.platform);
  }
  const destination = to === 'stdout' ? undefined : await destinationPath(to, name);
  const partial =
    destination !== undefined && options.resumes
      ? await openResumed(run, destination, target, path)
      : undefined;
  const source = await inspect(run, target, { item, path, partial });
  if (source.kind === 'directory' && options.isRecursive && destination !== undefined) {
    files.requireTar();
    await checkTreeDestination(destination);
    report.begin(item);
    return copyTreeHere(run, { downloader, path, destination, item });
  }
  if (source.kind !== 'file') {
    if (partial !== undefined) await leavePartial(run, partial);
    throw new CommandError(whyNotCopied(source, path, target.title));
  }
  const copy = { downloader, path, source, item };
  try {
    if (destination === undefined) {
      item.total = source.size === 0 ? undefined : source.size;
      report.begin(item);
      return await copyToStdout(run, copy);
    }
    const opened = partial ?? (await openNew(run, destination));
    return await copyFileHere(run, { ...copy, partial: opened });
  } finally {
    await source.stop();
  }
}

interface Inspected {
  readonly item: CopiedItem;
  readonly path: Buffer;
  readonly partial: PartialFile | undefined;
}

/** A source that cannot be read now may be there for the next copy: what an earlier one has left stays. */
async function inspect(
  run: CopyRun,
  { engine }: CopyTarget,
  { item, path, partial }: Inspected,
): Promise<InspectedSource> {
  try {
    return await engine.files.inspect(path, {
      title: item.source,
      prefix: partial?.resumedAt ?? 0,
      sudo: run.options.sudo,
      signal: run.stopped,
    });
  } catch (error) {
    if (partial !== undefined) await leavePartial(run, partial);
    throw error;
  }
}

async function openNew(run: CopyRun, destination: Buffer): Promise<PartialFile> {
  await checkFileDestination(destination);
  return openPartialFile(run, destination, '');
}

async function openResumed(
  run: CopyRun,
  destination: Buffer,
  { remote }: CopyTarget,
  path: Buffer,
) {
  await checkFileDestination(destination);
  return openPartialFile(run, destination, `${remote.target.id}:${path.toString('latin1')}`);
}

function whyNotCopied(
  source: Exclude<InspectedSource, InspectedFile>,
  path: Buffer,
  where: string,
) {
  const shown = shownPath(path);
  switch (source.kind) {
    case 'missing':
      return copyFailures['copy-source-missing'](shown, where);
    case 'directory':
      return copyFailures['copy-directory'](shown, where);
    case 'other':
      return copyFailures['copy-special-file'](shown, where);
  }
}
