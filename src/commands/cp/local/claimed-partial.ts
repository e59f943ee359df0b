import { readdir, rename } from 'node:fs/promises';
import { isRunning } from '../../../cli/process/signals/process-signals.ts';
import { systemCode } from '../../../lib/errors/system-error.ts';
import { directoryOf, joinPath } from '../paths.ts';
import { temporaryPath } from './temporary-path.ts';

/** The process that writes a partial file. */
export interface PartialOwner {
  /** Of the user; undefined on Windows. */
  readonly uid: number | undefined;
  readonly pid: number;
  /** Whether a process of this machine runs. */
  readonly isRunning: (pid: number) => boolean;
}

/** Names of the partial file of one source, which programs continue one after the other. */
export interface PartialNames {
  /** While no program writes it. */
  readonly kept: Buffer;
  /** While this program writes it. */
  readonly claimed: Buffer;
}

/** Facts of this process for {@link PartialOwner}. */
export function thisProcess(): PartialOwner {
  return {
    uid: process.getuid?.(),
    pid: process.pid,
    isRunning: (pid) => isRunning(process, pid),
  };
}

/**
 * Takes the partial file of a source, so that no other program writes it at the same time: two would give it bytes of
 * two states of the source. Renaming is what only one of them can do. A program that was killed has left it under its
 * own name.
 *
 * @param mark - of the source, part of the names
 * @returns the names; nothing is there if no earlier copy has left anything
 * @throws the system's error when a file cannot be renamed
 */
export async function claimPartial(
  destination: Buffer,
  mark: string,
  owner: PartialOwner,
): Promise<PartialNames> {
  const kept = temporaryPath(destination, mark);
  const claimed = temporaryPath(destination, `${mark}.${owner.pid}`);
  for (const path of [kept, ...(await abandoned(destination, mark, owner))]) {
    if (await isRenamed(path, claimed)) break;
  }
  return { kept, claimed };
}

/** Partial files of programs that do not run any more. */
async function abandoned(
  destination: Buffer,
  mark: string,
  owner: Pick<PartialOwner, 'isRunning'>,
): Promise<readonly Buffer[]> {
  const directory = directoryOf(destination);
  const names = await readdir(directory, { encoding: 'buffer' }).catch(() => []);
  return names.flatMap((name) => {
    const pid = /\.(\d{1,10})\.part$/.exec(name.toString('latin1'))?.[1];
    const path = joinPath(directory, name);
    const isOfSource =
      pid !== undefined && temporaryPath(destination, `${mark}.${pid}`).equals(path);
    return isOfSource && !owner.isRunning(Number(pid)) ? [path] : [];
  });
}

async function isRenamed(from: Buffer, to: Buffer): Promise<boolean> {
  try {
    await rename(from, to);
    return true;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return false;
    throw error;
  }
}
