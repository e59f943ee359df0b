import { readFileSync } from 'node:fs';
import { DEADLINE_MS } from './transcript.ts';

const POLL_MS = 10;
/** Among the fields after the command. */
const STATE_FIELD = 0;
const PARENT_FIELD = 1;
/** A zombie, and a process that is just removed. */
const ENDED_STATES: readonly string[] = ['Z', 'X'];

/** The parent of a running process. */
export function parentOf(pid: number): number {
  const parent = Number(statusFields(pid)[PARENT_FIELD]);
  if (!Number.isInteger(parent) || parent <= 0) throw new Error(`process ${pid} has no parent`);
  return parent;
}

/** Resolves when a process that is not a child of this one has ended; the system reports it only to the parent. */
export async function processEnded(pid: number): Promise<void> {
  const deadline = performance.now() + DEADLINE_MS;
  while (isRunning(pid)) {
    if (performance.now() > deadline) throw new Error(`process ${pid} never ended`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** Whether a process runs; one that has ended may still be in the system's table. */
export function isRunning(pid: number): boolean {
  try {
    return !ENDED_STATES.includes(statusFields(pid)[STATE_FIELD] ?? '');
  } catch {
    return false;
  }
}

/** The fields of `/proc/PID/stat` after the command, which is in parentheses (proc(5)). */
function statusFields(pid: number): readonly string[] {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

/** The most memory a running process has had so far, in bytes (VmHWM of proc(5)). */
export function peakMemory(pid: number): number {
  const kibibytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1];
  if (kibibytes === undefined) throw new Error(`process ${pid} has no memory`);
  return Number(kibibytes) * 1024;
}
