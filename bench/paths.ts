import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');

/** The folder of everything that is built. */
export const DIST = join(ROOT, 'dist');

/** The built program, run by `process.execPath` as the launcher would. */
export const PROGRAM = join(DIST, 'session-manager-plugin.cjs');

/** What a user has on PATH. */
export const LAUNCHER = join(ROOT, 'bin', 'session-manager-plugin');
