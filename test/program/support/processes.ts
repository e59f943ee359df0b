import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { DEADLINE_MS } from './transcript.ts';

const POLL_MS = 10;

/** The parent of a running process. */
export function parentOf(pid: number): number {
  const { stdout } = spawnSync('ps', ['-o', 'ppid=', '-p', String(pid)], { encoding: 'utf8' });
  const parent = Number(stdout.trim());
  if (!Number.isInteger(parent) || parent <= 0) throw new Error(`process ${pid} has no parent`);
  return parent;
}

/** Resolves when a process that is not a child of this one has ended: the system tells nobody else. */
export async function processEnded(pid: number): Promise<void> {
  const deadline = performance.now() + DEADLINE_MS;
  while (isRunning(pid)) {
    if (performance.now() > deadline) throw new Error(`process ${pid} never ended`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

function isRunning(pid: number): boolean {
  try {
    // The state is the first field behind the command, which stands in parentheses; Z has ended.
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return !['Z', 'X'].includes(stat[stat.lastIndexOf(')') + 2] ?? '');
  } catch {
    return false;
  }
}

/** The most memory a running process has had so far, in bytes (VmHWM of proc(5)). */
export function peakMemory(pid: number): number {
  const kibibytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1];
  if (kibibytes === undefined) throw new Error(`process ${pid} has no memory`);
  return Number(kibibytes) * 1024;
}
