import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');

/** The built program, run by `process.execPath` as the launcher would. */
export const PROGRAM = join(ROOT, 'dist', 'session-manager-plugin.cjs');

/** What a user has on PATH. */
export const LAUNCHER = join(ROOT, 'bin', 'session-manager-plugin');
