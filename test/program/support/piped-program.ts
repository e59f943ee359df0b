import type { Readable, Writable } from 'node:stream';
import type { TestContext } from 'node:test';
import { killProcessSession } from '../../local-aws/agent/programs/process-session.ts';
import { programCommand, programEnvironment, type Environment } from './program.ts';
import { createTranscript, shown, withDeadline, type Transcript } from './transcript.ts';
import { spawn } from '../../support/child-process.ts';

/** How a program without a terminal is started. */
export interface PipedOptions {
  readonly env?: Environment;
  readonly directory?: string;
  /** A command before the program, which runs the rest of its arguments. */
  readonly through?: readonly string[];
  /** A file descriptor, or a pipe when left out. */
  readonly stdin?: number;
  readonly stdout?: number;
}

/** How a process ended: with a status, or by a signal. */
export interface ProcessEnd {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A program with pipes or files for its streams, and no terminal at all. */
export interface PipedProgram {
  /** Of the program, or of what `through` began with. */
  readonly pid: number;
  /** Types into the pipe that is its stdin. */
  readonly stdin: Writable;
  /** The pipe itself, for tests that read slowly or close it; not with a file for stdout. */
  readonly stdoutPipe: Readable;
  readonly stdout: Transcript;
  readonly stderr: Transcript;
  /** Does nothing when the program has ended. */
  kill(signal: NodeJS.Signals): void;
  /** Resolves when it has ended and its output was read. */
  end(): Promise<ProcessEnd>;
}

/** Starts the program with these arguments. It ends with the test in any case. */
export function startPiped(
  t: TestContext,
  args: readonly string[],
  options: PipedOptions = {},
): PipedProgram {
  return startCommandPiped(t, programCommand(args), options);
}

/** Status and output of a program that has ended. */
export interface CompletedRun {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs any command to its end, with empty input. */
export async function runCommandPiped(
  t: TestContext,
  command: readonly string[],
  options: PipedOptions = {},
): Promise<CompletedRun> {
  return completed(startCommandPiped(t, command, options));
}

/** Waits for a program's end, with nothing more to read for it. */
export async function completed(program: PipedProgram): Promise<CompletedRun> {
  program.stdin.end();
  const { status } = await program.end();
  return { status, stdout: program.stdout.text, stderr: program.stderr.text };
}

/** Starts any command in the same way. */
export function startCommandPiped(
  t: TestContext,
  command: readonly string[],
  options: PipedOptions = {},
): PipedProgram {
  const [file = '', ...args] = [...(options.through ?? []), ...command];
  const child = spawn(file, args, {
    cwd: options.directory,
    env: programEnvironment(options.env),
    // A process session of its own: no controlling terminal, and nothing of it can stay.
    detached: true,
    stdio: [options.stdin ?? 'pipe', options.stdout ?? 'pipe', 'pipe'],
  });
  const { pid } = child;
  const stdout = createTranscript('stdout');
  const stderr = createTranscript('stderr');
  child.stdout?.on('data', (bytes: Buffer) => stdout.push(bytes));
  child.stderr?.on('data', (bytes: Buffer) => stderr.push(bytes));
  // A program that ends does not read the rest of its input.
  child.stdin?.on('error', () => undefined);
  const ended = new Promise<ProcessEnd>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status, signal) => {
      stdout.close();
      stderr.close();
      resolve({ status, signal });
    });
  });
  // `end()` reports it.
  ended.catch(() => undefined);
  if (pid === undefined) throw new Error(`${file} cannot be started`);
  t.after(async () => {
    killProcessSession(pid);
    child.stdout?.resume();
    await ended;
  });
  return {
    pid,
    get stdin() {
      if (child.stdin === null) throw new Error('stdin is not a pipe');
      return child.stdin;
    },
    get stdoutPipe() {
      if (child.stdout === null) throw new Error('stdout is not a pipe');
      return child.stdout;
    },
    stdout,
    stderr,
    kill: (signal) => void child.kill(signal),
    end: () =>
      withDeadline(
        'the end of the program',
        ended,
        () => `stdout: ${shown(stdout.text)} stderr: ${shown(stderr.text)}`,
      ),
  };
}
