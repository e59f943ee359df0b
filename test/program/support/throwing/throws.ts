import { join } from 'node:path';
import type { Environment } from '../program.ts';

/** Makes SIGUSR2 an uncaught exception of the program. */
export const THROWS: Environment = {
  NODE_OPTIONS: `--import ${join(import.meta.dirname, 'throw-on-signal.mjs')}`,
};
/** Makes each session that starts after SIGUSR2 throw, and prints `armed` to stderr. */
export const THROWS_WHILE_STARTING: Environment = {
  NODE_OPTIONS: `--import ${join(import.meta.dirname, 'throw-while-starting.mjs')}`,
};
/** The program's message about it. */
export const FATAL_ERROR_REPORTED = 'session-manager-plugin: internal error: thrown by the test';
