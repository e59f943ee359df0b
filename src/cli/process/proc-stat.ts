import { readFile } from 'node:fs/promises';

/** Positions of the fields after the name in `/proc/PID/stat` (proc(5)): `S ppid pgrp session tty tpgid`. */
export const STAT_GROUP = 2;
export const STAT_SESSION = 3;
export const STAT_FOREGROUND_GROUP = 5;

/** The fields of `/proc/PID/stat` after the name. Linux only; throws the system's error. */
export async function readStat(pid: number): Promise<readonly string[]> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  // The name in parentheses may contain any character.
  return stat
    .slice(stat.lastIndexOf(')') + 1)
    .trim()
    .split(' ');
}
