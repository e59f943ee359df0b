import { existsSync } from 'node:fs';

/** Linux reports the size of a page for it, whatever it contains. */
export const SYSFS_FILE = '/sys/kernel/mm/transparent_hugepage/enabled';
/** For `needs`. */
export const SYSFS = {
  obstacle: existsSync(SYSFS_FILE) ? undefined : `${SYSFS_FILE} is only on Linux`,
};
