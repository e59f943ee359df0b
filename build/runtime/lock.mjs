import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { performance } from 'node:perf_hooks';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { SetupError, hasCode } from './setup.mjs';

const POLL_MS = 200;
/** Far longer than an installation takes. */
const TIMEOUT_MS = 900_000;

/**
 * Runs `action` while no other process does so under the same lock. The lock of a process that died
 * does not count.
 *
 * @param {string} lock - path of the lock file, which holds the id of the process
 * @param {() => void | Promise<void>} action
 * @throws SetupError when the lock is not given up within 15 minutes
 */
export async function exclusively(lock, action) {
  mkdirSync(dirname(lock), { recursive: true });
  const mine = `${lock}.${process.pid}`;
  writeFileSync(mine, String(process.pid));
  try {
    const giveUp = performance.now() + TIMEOUT_MS;
    while (!taken(mine, lock)) {
      const holder = holderOf(lock);
      if (holder !== undefined && !isAlive(holder)) dropStale(lock, holder, mine);
      else await delay(POLL_MS);
      if (performance.now() > giveUp) {
        throw new SetupError(`${lock} is still held; remove it if no other setup is running`);
      }
    }
    try {
      await action();
    } finally {
      rmSync(lock, { force: true });
    }
  } finally {
    rmSync(mine, { force: true });
  }
}

/**
 * A link appears with its content, so that no process reads a lock without a process id.
 *
 * @param {string} mine
 * @param {string} lock
 */
function taken(mine, lock) {
  try {
    linkSync(mine, lock);
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  }
}

/**
 * @param {string} lock
 * @returns {number | undefined} undefined when no process holds it any more
 */
function holderOf(lock) {
  try {
    return Number(readFileSync(lock, 'utf8'));
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/**
 * @param {number} processId
 */
function isAlive(processId) {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    return hasCode(error, 'EPERM');
  }
}

/**
 * Removes the lock of a dead process, unless another process removed it and holds it now.
 *
 * @param {string} lock
 * @param {number} deadHolder
 * @param {string} mine
 */
function dropStale(lock, deadHolder, mine) {
  const aside = `${mine}.stale`;
  try {
    renameSync(lock, aside);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return;
    throw error;
  }
  if (holderOf(aside) !== deadHolder) taken(aside, lock);
  rmSync(aside, { force: true });
}
