import { closeSync, openSync, readdirSync, readSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

/** A process as proc_pid_stat(5) describes it. */
interface ProcessEntry {
  readonly pid: number;
  readonly state: string;
  readonly parent: number;
  readonly session: number;
  /** Ticks since boot: with the process id, it identifies a process. */
  readonly startedAt: number;
}

/** What is left of a process session whose first process has ended. */
export interface Survivors {
  /** Resolves when nothing of it runs, or after this many milliseconds. */
  ended(limitMs: number): Promise<void>;
  /** Kills every process, whatever it has done to its signals. */
  kill(): void;
}

/** The first pause between two looks; each later one is twice as long. */
const FIRST_PAUSE_MS = 2;

/**
 * Systems without proc(5) list no process.
 *
 * @param leader - process id of the session's leader
 */
export function survivorsOf(leader: number): Survivors {
  // The number of a session is used again when nothing of it is left: then it means another one.
  const known = membersOf(leader);
  const members = (): readonly ProcessEntry[] => {
    const now = membersOf(leader);
    const isSame = now.some(({ pid, startedAt }) =>
      known.some((before) => before.pid === pid && before.startedAt === startedAt),
    );
    return isSame ? now : [];
  };
  return {
    async ended(limitMs) {
      let waited = 0;
      for (let pause = FIRST_PAUSE_MS; waited < limitMs; pause *= 2) {
        if (!members().some(({ state }) => state !== ZOMBIE)) return;
        await delay(pause);
        waited += pause;
      }
    },
    kill() {
      for (const { pid } of members()) killProcess(pid);
    },
  };
}

/**
 * Kills every process of a process session, whatever it has done to its signals: a shell's job that
 * ignores SIGHUP would outlive its terminal.
 *
 * @param leader - process id of the session's leader, which runs
 */
export function killProcessSession(leader: number): void {
  killProcess(leader);
  for (const { pid } of membersOf(leader)) killProcess(pid);
}

/**
 * Kills what a process has started itself, and nothing that this has started.
 *
 * @returns whether there was any
 */
export function killChildren(parent: number): boolean {
  const children = processes().filter((entry) => entry.parent === parent);
  for (const { pid } of children) killProcess(pid);
  return children.length > 0;
}

/** Kills one process. */
export function killProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has already ended.
  }
}

function membersOf(leader: number): readonly ProcessEntry[] {
  return processes().filter(({ session }) => session === leader);
}

function processes(): readonly ProcessEntry[] {
  let names: readonly string[];
  try {
    names = readdirSync('/proc');
  } catch {
    return [];
  }
  return names.filter((name) => /^\d+$/.test(name)).flatMap(readEntry);
}

/** Longer than the line of proc_pid_stat(5). Hundreds of processes are read with it, hundreds of times. */
const line = Buffer.alloc(1024);
const ZOMBIE = 'Z';
/** Fields of proc_pid_stat(5), counted from the one after the command. */
const [STATE, PARENT, SESSION, START_TIME] = [0, 1, 3, 19];

function readEntry(pid: string): ProcessEntry[] {
  try {
    const file = openSync(`/proc/${pid}/stat`, 'r');
    const length = readSync(file, line);
    closeSync(file);
    const stat = line.toString('latin1', 0, length);
    // The second field is the command in parentheses and may hold anything.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return [
      {
        pid: Number(pid),
        state: fields[STATE] ?? '',
        parent: Number(fields[PARENT]),
        session: Number(fields[SESSION]),
        startedAt: Number(fields[START_TIME]),
      },
    ];
  } catch {
    return [];
  }
}
