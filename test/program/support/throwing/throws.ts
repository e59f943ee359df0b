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
/** Makes a session throw while its first socket begins to open. */
export const THROWS_WHILE_CONNECTING: Environment = {
  NODE_OPTIONS: `--import ${join(import.meta.dirname, 'throw-while-connecting.mjs')}`,
};
/** The message of a command about it. */
export const FATAL_ERROR =
  'Internal error: thrown by the test. Run the command again with `--log-level debug`, and report the error with what it prints.';
/** The line of the plugin about it, for the AWS CLI. */
export const PLUGIN_FATAL_ERROR =
  'session-manager-plugin: Internal error: thrown by the test. Set minlevel="debug" in seelog.xml, start the session again, and report the error with the log.';
