import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { environmentForPrograms, findProgram } from '../find-program.ts';

/** Where the groups stand behind the name in `/proc/<pid>/stat` (proc(5)): `S ppid pgrp session tty tpgid`. */
const GROUP_FIELD = 2;
const FOREGROUND_FIELD = 5;

/**
 * Whether a process is in the foreground of its terminal. A job that was started with `&` is not: the
 * shell's prompt stands where it writes. Where that cannot be found out, it is taken to be.
 */
export async function isInForeground(
  platform: NodeJS.Platform,
  pid: number,
  env: Readonly<Record<string, string | undefined>>,
): Promise<boolean> {
  if (platform === 'win32') return true;
  try {
    const [group, foreground] = await (platform === 'linux'
      ? ofProc(pid)
      : ofPs(pid, platform, env));
    // Without a controlling terminal there is no group in front.
    return !(foreground > 0) || group === foreground;
  } catch {
    return true;
  }
}

async function ofProc(pid: number): Promise<readonly [number, number]> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  // The name in parentheses may hold anything.
  const fields = stat
    .slice(stat.lastIndexOf(')') + 1)
    .trim()
    .split(' ');
  return [Number(fields[GROUP_FIELD]), Number(fields[FOREGROUND_FIELD])];
}

/** Both groups in the words of ps(1) on macOS and elsewhere. */
async function ofPs(
  pid: number,
  platform: NodeJS.Platform,
  env: Readonly<Record<string, string | undefined>>,
): Promise<readonly [number, number]> {
  const ps = findProgram('ps', env, platform);
  if (ps === undefined) throw new Error('there is no ps on PATH');
  const args = ['-o', 'pgid=', '-o', 'tpgid=', '-p', String(pid)];
  const { stdout } = await promisify(execFile)(ps, args, {
    env: environmentForPrograms(env),
  });
  const [group, foreground] = stdout.trim().split(/\s+/);
  return [Number(group), Number(foreground)];
}
