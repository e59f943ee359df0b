import { join } from 'node:path';
import type { Environment } from './program.ts';

/** Makes SIGUSR2 a mistake of the program that nobody catches. */
export const THROWS: Environment = {
  NODE_OPTIONS: `--import ${join(import.meta.dirname, 'throw-on-signal.mjs')}`,
};
/** What the program says of it. */
export const MISTAKE_SAID = 'session-manager-plugin: internal error: thrown by the test';
