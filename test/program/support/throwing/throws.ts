import { join } from 'node:path';
import type { Environment } from '../program.ts';

/** Makes SIGUSR2 a mistake of the program that nobody catches. */
export const THROWS: Environment = {
  NODE_OPTIONS: `--import ${join(import.meta.dirname, 'throw-on-signal.mjs')}`,
};
/** Makes each session that starts after SIGUSR2 throw, and says `armed` on stderr at that. */
export const THROWS_WHILE_STARTING: Environment = {
  NODE_OPTIONS: `--import ${join(import.meta.dirname, 'throw-while-starting.mjs')}`,
};
/** What the program says of it. */
export const FATAL_ERROR_REPORTED = 'session-manager-plugin: internal error: thrown by the test';
