import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { spawn as spawnInPty, type Pty } from 'node-pty';
import { PROGRAM } from './paths.ts';

/** Settings of the program, as environment variables. */
export type ProgramSettings = Readonly<Record<string, string>>;

const TERMINAL = { cols: 80, rows: 24 } as const;

/** Nothing of the user's AWS configuration may decide what is measured. */
function environment(settings: ProgramSettings): Record<string, string | undefined> {
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
): ChildProcessWithoutNullStreams {
  const program = spawn(process.execPath, [PROGRAM, ...args], { env: environment(settings) });
  program.stderr.pipe(process.stderr);
  return program;
}

/** Starts the built program in a terminal. */
export function startInTerminal(args: readonly string[], settings: ProgramSettings): Pty {
  return spawnInPty(process.execPath, [PROGRAM, ...args], {
    ...TERMINAL,
    env: environment(settings),
    encoding: null,
  });
}
