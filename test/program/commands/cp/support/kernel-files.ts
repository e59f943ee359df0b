import { existsSync } from 'node:fs';

/** Linux reports the size of a page for each, whatever it contains. */
const PATHS = [
  '/sys/kernel/mm/transparent_hugepage/enabled',
  '/sys/devices/system/cpu/online',
] as const;

/** One that this system has. */
export const SYSFS_FILE: string = PATHS.find((path) => existsSync(path)) ?? PATHS[0];

/** Options of tests that read it: a system without /sys skips them, also a build server. */
export const WITH_SYSFS: { readonly skip?: string } = existsSync(SYSFS_FILE)
  ? {}
  : { skip: `${SYSFS_FILE} is only on Linux with /sys` };
