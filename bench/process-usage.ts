import { readFileSync } from 'node:fs';

/** What the kernel knows of a running process (proc(5)). */
export interface ProcessUsage {
  /** User and system time since its start, in seconds. */
  readonly cpuSeconds: number;
  /** Resident memory in bytes. */
  readonly residentBytes: number;
}

/** USER_HZ, the unit of times in /proc: 100 on every architecture that Node.js runs on. */
const TICKS_PER_SECOND = 100;
const BYTES_PER_KIB = 1024;

/** Positions after the command's closing bracket in /proc/<pid>/stat: utime and stime. */
const USER_TIME_FIELD = 11;
const SYSTEM_TIME_FIELD = 12;

/** @returns undefined where there is no such process, or no /proc */
export function usageOf(processId: number): ProcessUsage | undefined {
  try {
    const stat = readFileSync(`/proc/${processId}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const ticks = Number(fields[USER_TIME_FIELD]) + Number(fields[SYSTEM_TIME_FIELD]);
    const status = readFileSync(`/proc/${processId}/status`, 'latin1');
    // A process that has ended and is not waited for yet has no memory.
    const resident = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
    if (resident === undefined) return undefined;
    return {
      cpuSeconds: ticks / TICKS_PER_SECOND,
      residentBytes: Number(resident) * BYTES_PER_KIB,
    };
  } catch {
    return undefined;
  }
}

/** A process's usage over a while. */
export interface UsageOverTime {
  readonly cpuSeconds: number;
  readonly startBytes: number;
  readonly peakBytes: number;
}

const SAMPLE_INTERVAL_MS = 20;

/** Watches a process until the returned function is called, which returns what the process used meanwhile. */
export function watchUsage(processId: number): () => UsageOverTime {
  const start = usageOf(processId);
  let last = start;
  let peakBytes = start?.residentBytes ?? NaN;
  const sample = (): void => {
    const now = usageOf(processId);
    if (now === undefined) return;
    last = now;
    peakBytes = Math.max(peakBytes, now.residentBytes);
  };
  const timer = setInterval(sample, SAMPLE_INTERVAL_MS);
  return () => {
    clearInterval(timer);
    sample();
    return {
      cpuSeconds: (last?.cpuSeconds ?? NaN) - (start?.cpuSeconds ?? NaN),
      startBytes: start?.residentBytes ?? NaN,
      peakBytes,
    };
  };
}
