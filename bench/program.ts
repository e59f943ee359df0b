import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { spawn as spawnInPty, type Pty } from 'node-pty';
import { PROGRAM } from './paths.ts';

/** The program as the bundle, run by this runtime. */
export const BUNDLE: Command = [process.execPath, PROGRAM];

/** How a program is started: its file, and what comes before its own arguments. */
export type Command = readonly [string, ...string[]];

/** Settings of the program, as environment variables. */
export type ProgramSettings = Readonly<Record<string, string>>;

const TERMINAL = { cols: 80, rows: 24 } as const;

/** Nothing of the user's AWS configuration may decide what is measured. */
export function environment(settings: ProgramSettings): Record<string, string | undefined> {
  return {
    PATH: process.env['PATH'],
    HOME: '/nonexistent',
    AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'example',
    ...settings,
  };
}

/** Starts the built program with pipes. */
export function startWithPipes(
  args: readonly string[],
  settings: ProgramSettings,
  [file, ...first]: Command = BUNDLE,
): ChildProcessWithoutNullStreams {
  const program = spawn(file, [...first, ...args], { env: environment(settings) });
  program.stderr.pipe(process.stderr);
  return program;
}

/** Starts the built program in a terminal. */
export function startInTerminal(
  args: readonly string[],
  settings: ProgramSettings,
  [file, ...first]: Command = BUNDLE,
): Pty {
  return spawnInPty(file, [...first, ...args], {
    ...TERMINAL,
    env: environment(settings),
    encoding: null,
  });
}
