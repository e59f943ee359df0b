import { readdirSync, readFileSync } from 'node:fs';

/** Files of Linux with the limit of open descriptors and the open ones (proc(5)). */
const LIMITS = '/proc/self/limits';
const DESCRIPTORS = '/proc/self/fd';
const OPEN_FILES = /^Max open files +(\d+)/m;

/** How many more descriptors this process may open; undefined when the system does not report it. */
export function freeDescriptors(): number | undefined {
  try {
    const limit = OPEN_FILES.exec(readFileSync(LIMITS, 'latin1'))?.[1];
    return limit === undefined ? undefined : Number(limit) - readdirSync(DESCRIPTORS).length;
  } catch {
    // Only Linux has these files, and without a free descriptor they cannot be read.
    return process.platform === 'linux' ? 0 : undefined;
  }
}
