import { createHash } from 'node:crypto';
import { copyFailures } from '../../failures/copies/copy.ts';
import { CommandError } from '../../cli/framework/command-context.ts';
import { printable } from '../../lib/printable.ts';
import type { CopyRun } from './copy-run.ts';
import { createPartialFile, resumePartialFile, type PartialFile } from './local/partial-file.ts';
import { shownPath } from './paths.ts';
import { readSource, type ReadFile } from './read-source.ts';
import type { CopyResult } from './report/copied-item.ts';

/** The copy of a file of a target. */
export interface FileCopy extends ReadFile {
  /** Its temporary file here. */
  readonly partial: PartialFile;
}

/** Times of targets are in seconds. */
const MS_PER_SECOND = 1_000;
/** The bits for set-user-id are not taken over. */
const PERMISSIONS = 0o777;
/** Characters of a hash that identify the source of a partial file. */
const IDENTITY_CHARACTERS = 12;

/**
 * Opens the temporary file for a destination: with `--resume` the one of an earlier copy, if there is one.
 *
 * @param identity - of the source, in all runs
 */
export function openPartialFile(
  { options, mark, partialOwner, stopped }: CopyRun,
  destination: Buffer,
  identity: string,
): Promise<PartialFile> {
  if (!options.resumes) return createPartialFile(destination, mark());
  const name = createHash('sha256').update(identity).digest('hex').slice(0, IDENTITY_CHARACTERS);
  return resumePartialFile(destination, name, partialOwner, stopped);
}

/**
 * Copies a file of a target to a temporary file, and gives that its name when its SHA-256 is that of the source. After
 * a failure it is removed, or kept with `--resume`.
 *
 * @throws ProgramError that names the path; the reason of the signal that stopped it
 */
export async function copyFileHere(run: CopyRun, copy: FileCopy): Promise<CopyResult> {
  const { options, stopped, umask } = run;
  const { source, partial } = copy;
  const discard = (): void => partial.discard();
  // The program may exit in this moment.
  if (!options.resumes) stopped.addEventListener('abort', discard);
  try {
    const sha256 = await download(run, copy);
    await partial.publish({
      mode: source.mode & PERMISSIONS & (options.preserves ? PERMISSIONS : ~umask),
      changesMode: options.preserves,
      modifiedAt: options.preserves ? source.modifiedAt * MS_PER_SECOND : undefined,
    });
    return { sha256, files: undefined };
  } catch (error) {
    if (options.resumes) await leavePartial(run, partial);
    else discard();
    throw error;
  } finally {
    stopped.removeEventListener('abort', discard);
  }
}

/** @returns the SHA-256, in hexadecimal */
async function download(run: CopyRun, copy: FileCopy): Promise<string> {
  const { source, partial, item } = copy;
  await compareStart(run, copy);
  item.total = source.size;
  item.resumedAt = partial.resumedAt;
  item.bytes = partial.resumedAt;
  run.report.begin(item);
  const sha256 = await readSource(run, copy, partial.resumedAt, (bytes) => partial.write(bytes));
  if (sha256 === partial.digest()) return sha256;
  await partial.clear();
  throw new CommandError(copyFailures['copy-changed'](item.source));
}

/** What an earlier copy has left counts only if the source begins with it. */
async function compareStart({ context }: CopyRun, { source, partial, item }: FileCopy) {
  if (partial.resumedAt === 0) return;
  if ((await source.prefixSha256) === partial.digest()) return;
  context.output.notify(
    `${item.source} does not begin with what an earlier copy has left. It is copied from its start.`,
  );
  await partial.clear();
}

/** Leaves what `--resume` can continue: the next copy begins there. */
export async function leavePartial({ context }: CopyRun, partial: PartialFile): Promise<void> {
  if (partial.bytes === 0) {
    partial.discard();
    return;
  }
  await partial.keep();
  const path = printable(shownPath(partial.path));
  context.output.notify(`The partial copy is ${path}. To continue it, run the command again.`);
}
