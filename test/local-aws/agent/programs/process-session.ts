import { closeSync, openSync, readdirSync, readSync } from 'node:fs';

/**
 * Kills every process of a process session, whatever it has done to its signals: a shell's job that
 * ignores SIGHUP would outlive its terminal.
 *
 * @param leader - process id of the session's leader
 */
export function killProcessSession(leader: number): void {
  kill(leader);
  killLedProcesses(leader);
}

/** Kills every process of a process session except its leader, which can then notice it. */
export function killLedProcesses(leader: number): void {
  for (const pid of membersOf(leader)) if (pid !== leader) kill(pid);
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has already ended.
  }
}

/** Members as proc(5) lists them. Systems without it list none; there only the leader is killed. */
function membersOf(leader: number): readonly number[] {
  let entries: readonly string[];
  try {
    entries = readdirSync('/proc');
  } catch {
    return [];
  }
  return entries
    .filter((entry) => /^\d+$/.test(entry))
    .filter((entry) => sessionOf(entry) === leader)
    .map(Number);
}

/** Longer than the line of proc_pid_stat(5). Hundreds of processes are read with it, hundreds of times. */
const line = Buffer.alloc(1024);

function sessionOf(pid: string): number | undefined {
  try {
    const file = openSync(`/proc/${pid}/stat`, 'r');
    const length = readSync(file, line);
    closeSync(file);
    const stat = line.toString('latin1', 0, length);
    // The second field is the command in parentheses and may hold anything; session is the sixth.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return Number(fields[3]);
  } catch {
    return undefined;
  }
}
