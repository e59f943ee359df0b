import type { Clock } from '../../lib/clock.ts';
import type { LogFileSystem } from './log-file-system.ts';
import type { RollingRule } from '../seelog/logging-configuration.ts';

/** Time for a process to roll a file. An older lock was left by a process that has died. */
const LOCK_MILLISECONDS = 10_000;

const rolledName = (path: string, roll: number): string => `${path}.${roll}`;

async function takeLock(fs: LogFileSystem, clock: Clock, lock: string): Promise<boolean> {
  if (await fs.createNew(lock)) return true;
  const existing = await fs.check(lock);
  if (existing && Math.abs(clock.now() - existing.modified) < LOCK_MILLISECONDS) return false;
  await fs.remove(lock);
  return fs.createNew(lock);
}

/** The number for the oldest rolled file: the first free one, or the last that is kept. */
async function lastRoll(fs: LogFileSystem, path: string, maxRolls: number): Promise<number> {
  let roll = 1;
  while (roll !== maxRolls && (await fs.check(rolledName(path, roll))) !== undefined) roll += 1;
  return roll;
}

async function removeBeyond(fs: LogFileSystem, path: string, maxRolls: number): Promise<void> {
  let roll = maxRolls + 1;
  while ((await fs.check(rolledName(path, roll))) !== undefined) {
    await fs.remove(rolledName(path, roll));
    roll += 1;
  }
}

async function shiftNames(fs: LogFileSystem, path: string, rule: RollingRule): Promise<void> {
  for (let roll = await lastRoll(fs, path, rule.maxRolls); roll > 1; roll -= 1) {
    await fs.rename(rolledName(path, roll - 1), rolledName(path, roll));
  }
  await fs.rename(path, rolledName(path, 1));
  if (rule.maxRolls > 0) await removeBeyond(fs, path, rule.maxRolls);
}

/**
 * Rolls a full log file: `x.log` becomes `x.log.1`, `x.log.1` becomes `x.log.2`, and so on. Files above
 * `maxRolls` are removed. Sessions that share the file exclude each other with `x.log.lock`, so that it
 * is rolled once.
 *
 * @returns false when another process is rolling it: then append to the file without rolling it
 * @throws the system's errors, such as for a directory without write permission
 */
export async function rollLogFile(
  fs: LogFileSystem,
  clock: Clock,
  path: string,
  rule: RollingRule,
): Promise<boolean> {
  const lock = `${path}.lock`;
  if (!(await takeLock(fs, clock, lock))) return false;
  try {
    // Another process may have rolled the file since it was found full.
    const state = await fs.check(path);
    if (state && state.size >= rule.maxBytes) await shiftNames(fs, path, rule);
  } finally {
    await fs.remove(lock);
  }
  return true;
}
