// `node watch-download.mjs DIRECTORY BYTES` prints from time to time how much of BYTES has arrived in
// DIRECTORY, until it or its parent ends.

import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { setInterval } from 'node:timers';

/** Often enough to see that something happens, and not so often that it fills a log. */
const INTERVAL_MS = 5000;
const PERCENT = 100;

const [, , directory = '', total = ''] = process.argv;
const parent = process.ppid;
let before = sizeOf(directory);
setInterval(() => {
  // This process outlives a parent that is killed.
  if (process.ppid !== parent) process.exit();
  const now = sizeOf(directory);
  // The previous content may be removed first.
  before = Math.min(before, now);
  const share = Math.round((PERCENT * (now - before)) / Number(total));
  process.stderr.write(`  ${Math.min(Math.max(share, 0), PERCENT)} %\n`);
}, INTERVAL_MS);

/**
 * What is removed while it is measured does not count.
 *
 * @param {string} path
 * @returns {number} in bytes
 */
function sizeOf(path) {
  try {
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats === undefined) return 0;
    if (!stats.isDirectory()) return stats.size;
    return readdirSync(path).reduce((sum, name) => sum + sizeOf(join(path, name)), 0);
  } catch {
    return 0;
  }
}
