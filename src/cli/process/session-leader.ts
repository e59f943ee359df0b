import { askPs } from './ask-ps.ts';
import { readStat, STAT_SESSION } from './proc-stat.ts';

/** In the state that ps(1) of macOS and elsewhere shows: leader of a process session. */
const LEADER = 's';

/**
 * Whether a process leads a process session (setsid(2)), so that it is detached from the terminal and the job
 * of its caller. False where this cannot be determined, and on Windows.
 */
export async function isProcessSessionLeader(
  platform: NodeJS.Platform,
  pid: number,
  env: Readonly<Record<string, string | undefined>>,
): Promise<boolean> {
  if (platform === 'win32') return false;
  try {
    if (platform === 'linux') return Number((await readStat(pid))[STAT_SESSION]) === pid;
    const [state = ''] = await askPs(pid, ['stat'], platform, env);
    return state.includes(LEADER);
  } catch {
    return false;
  }
}
