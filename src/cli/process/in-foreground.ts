import { askPs } from './ask-ps.ts';
import { readStat, STAT_FOREGROUND_GROUP, STAT_GROUP } from './proc-stat.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Whether a process is in the foreground of its terminal. A job that was started with `&` is not: the
 * terminal shows the shell's prompt. If this cannot be determined, the process counts as in the foreground.
 */
export async function isInForeground(
  platform: NodeJS.Platform,
  pid: number,
  env: Environment,
): Promise<boolean> {
  const groups = await groupsOf(platform, pid, env);
  // Without a controlling terminal there is no foreground process group.
  return groups === undefined || !(groups.foreground > 0) || groups.own === groups.foreground;
}

/** Whether the keys of a terminal, such as Ctrl-C, send signals to a process. If this cannot be determined, they do. */
export async function getsKeySignals(
  platform: NodeJS.Platform,
  pid: number,
  env: Environment,
): Promise<boolean> {
  const groups = await groupsOf(platform, pid, env);
  return groups === undefined || groups.own === groups.foreground;
}

interface ProcessGroups {
  readonly own: number;
  /** Of its terminal; not positive when it has none. */
  readonly foreground: number;
}

/** @returns undefined where they cannot be determined */
async function groupsOf(
  platform: NodeJS.Platform,
  pid: number,
  env: Environment,
): Promise<ProcessGroups | undefined> {
  if (platform === 'win32') return undefined;
  try {
    const reading = platform === 'linux' ? ofProc(pid) : ofPs(pid, platform, env);
    const [own, foreground] = await reading;
    return { own, foreground };
  } catch {
    return undefined;
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
  env: Environment,
): Promise<readonly [number, number]> {
  const [group, foreground] = await askPs(pid, ['pgid', 'tpgid'], platform, env);
  return [Number(group), Number(foreground)];
}
