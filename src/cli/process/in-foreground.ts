import { askPs } from './ask-ps.ts';
import { readStat, STAT_FOREGROUND_GROUP, STAT_GROUP } from './proc-stat.ts';

/**
 * Whether a process is in the foreground of its terminal. A job that was started with `&` is not: the
 * terminal shows the shell's prompt. If this cannot be determined, the process counts as in the foreground.
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
    // Without a controlling terminal there is no foreground process group.
    return !(foreground > 0) || group === foreground;
  } catch {
    return true;
  }
}

async function ofProc(pid: number): Promise<readonly [number, number]> {
  const fields = await readStat(pid);
  return [Number(fields[STAT_GROUP]), Number(fields[STAT_FOREGROUND_GROUP])];
}

/** Both groups, as columns of ps(1) on macOS and elsewhere. */
async function ofPs(
  pid: number,
  platform: NodeJS.Platform,
  env: Readonly<Record<string, string | undefined>>,
): Promise<readonly [number, number]> {
  const [group, foreground] = await askPs(pid, ['pgid', 'tpgid'], platform, env);
  return [Number(group), Number(foreground)];
}
