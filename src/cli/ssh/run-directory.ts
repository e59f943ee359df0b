import { rmSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { sshFailures } from '../../failures/ssh.ts';
import { asError } from '../../lib/errors/as-error.ts';
import { systemText } from '../../lib/errors/system-error.ts';
import { printable } from '../../lib/printable.ts';
import { makeRuntimeDirectory } from '../background/runtime-directory.ts';
import { CommandError } from '../framework/command-context.ts';
import { cacheDirectory } from '../framework/user-directories.ts';
import { isRunning } from '../process/signals/process-signals.ts';
import type { OpenSshContext } from './find-openssh.ts';

/** Of the directory of a run: the id of its process. */
const RUN = /^run-(\d+)-/;
const DIRECTORY_MODE = 0o700;

/** Files of one run, which only the user can read. */
export interface RunDirectory {
  readonly path: string;
  /** Removes it with its files. */
  remove(): void;
}

/**
 * The directory of this program for files of OpenSSH, in the runtime directory of the user, which is often in memory.
 *
 * @throws CommandError when other users could use it, or it cannot be made
 */
async function sshDirectory({ env, platform }: OpenSshContext): Promise<string> {
  const userId = process.geteuid?.() ?? 0;
  const parent =
    platform === 'win32'
      ? cacheDirectory(env, platform)
      : await makeRuntimeDirectory({ env, platform, userId });
  const path = join(parent, 'ssh');
  await attempt(path, () => mkdir(path, { recursive: true, mode: DIRECTORY_MODE }));
  return path;
}

/**
 * Makes a directory for one run. Those of runs that have ended without removing theirs, by SIGKILL, are removed.
 *
 * @throws CommandError when it cannot be made
 */
export async function makeRunDirectory(context: OpenSshContext): Promise<RunDirectory> {
  const parent = await sshDirectory(context);
  await removeStale(parent);
  const path = await attempt(parent, () => mkdtemp(join(parent, `run-${process.pid}-`)));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

async function removeStale(parent: string): Promise<void> {
  const names = await readdir(parent).catch(() => []);
  const stale = names.filter((name) => {
    const pid = RUN.exec(name)?.[1];
    return pid !== undefined && !isRunning(process, Number(pid));
  });
  await Promise.allSettled(stale.map((name) => rm(join(parent, name), { recursive: true })));
}

/** Does something with a directory. @throws CommandError when the system does not let it */
export async function attempt<T>(path: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    const why = systemText(asError(error));
    throw new CommandError(sshFailures['ssh-files-unwritable'](printable(path), why));
  }
}
