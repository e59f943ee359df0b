import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { environmentForPrograms, findCommand } from '../../lib/find-program.ts';
import { oneLine } from '../sdk/describe-failure.ts';

/** Limit of the output, in bytes: no credentials are that long. */
const MAX_OUTPUT_BYTES = 64 * 1024;
/** How much of the end of stderr is kept for its last line, in bytes. */
const STDERR_TAIL_BYTES = 4 * 1024;

/** How a process is run. */
export interface ProcessRequest {
  /** The program and its arguments. */
  readonly words: readonly string[];
  /** The line that the words were split from, for cmd.exe. */
  readonly line: string;
  readonly platform: NodeJS.Platform;
  /** Whether the process uses the terminal's stdin and stderr. Otherwise it has no input, and its stderr is read. */
  readonly isInteractive: boolean;
  /** Ends the process when it is aborted. */
  readonly signal: AbortSignal;
}

/** How a process ended. */
export type ProcessEnd =
  | {
      readonly kind: 'exited';
      /** Undefined after a signal. */
      readonly status: number | undefined;
      readonly stdout: string;
      /** The last line that holds anything, safe for a terminal; empty when it was shown on the terminal. */
      readonly lastErrorLine: string;
    }
  | { readonly kind: 'too-much-output' }
  /** The code of the system's error, such as ENOENT. */
  | { readonly kind: 'not-started'; readonly code: string };

/** Runs a process to its end, in no shell. Never rejects. */
export function runProcess(request: ProcessRequest): Promise<ProcessEnd> {
  const { words, line, platform, isInteractive, signal } = request;
  const [program = '', ...args] = words;
  // Node.js starts batch files by cmd.exe only, which splits the line by itself.
  const isBatchFile = platform === 'win32' && /\.(?:bat|cmd)$/i.test(program);
  const path = findCommand(program, process.env, platform);
  if (path === undefined) return Promise.resolve({ kind: 'not-started', code: 'ENOENT' });
  return new Promise((resolve) => {
    const userStream = isInteractive ? 'inherit' : undefined;
    const command = isBatchFile ? withProgram(line, path) : path;
    const child = spawn(command, isBatchFile ? [] : args, {
      ...(isBatchFile ? {} : { argv0: program }),
      env: environmentForPrograms(process.env),
      stdio: [userStream ?? 'ignore', 'pipe', userStream ?? 'pipe'],
      shell: isBatchFile,
      signal,
      windowsHide: !isInteractive,
    });
    // The process must not outlive the program.
    const endWithProgram = (): void => void child.kill();
    process.once('exit', endWithProgram);
    child.on('error', (error: NodeJS.ErrnoException) => {
      resolve({ kind: 'not-started', code: error.code ?? '' });
    });
    const stdout = collect(child.stdout, MAX_OUTPUT_BYTES, () => {
      child.kill();
      resolve({ kind: 'too-much-output' });
    });
    const errorTail = collectTail(child.stderr);
    child.on('close', (status) => {
      process.off('exit', endWithProgram);
      const lastErrorLine = lastLine(errorTail());
      resolve({ kind: 'exited', status: status ?? undefined, stdout: stdout(), lastErrorLine });
    });
  });
}

/** The first word, a program, may be in quotes. cmd.exe would look for a name in the current directory first. */
const FIRST_WORD = /^[ \t]*(?:"[^"]*"|[^ \t"])+/;

/**
 * The line for cmd.exe with the path of its program in place of the name.
 *
 * @param line - a command as Windows splits it into words
 */
export function withProgram(line: string, path: string): string {
  return line.replace(FIRST_WORD, () => `"${path}"`);
}

function collect(stream: Readable | null, limit: number, onTooMuch: () => void): () => string {
  const chunks: Buffer[] = [];
  let length = 0;
  stream?.on('data', (chunk: Buffer) => {
    length += chunk.length;
    if (length <= limit) chunks.push(chunk);
    else onTooMuch();
  });
  return () => Buffer.concat(chunks).toString();
}

function collectTail(stream: Readable | null): () => string {
  let tail: Buffer = Buffer.alloc(0);
  stream?.on('data', (chunk: Buffer) => {
    tail = Buffer.concat([tail, chunk]).subarray(-STDERR_TAIL_BYTES);
  });
  return () => tail.toString();
}

function lastLine(text: string): string {
  return oneLine(
    text
      .trimEnd()
      .split(/[\r\n]/)
      .at(-1) ?? '',
  );
}
