import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { constants, homedir } from 'node:os';
import { CREDENTIALS, EXAMPLE_TARGET, PROGRAM } from './how-to-connect.ts';
import { startLocalAws } from './local-aws.ts';

/** Shells report a program that was killed by a signal with its number above this. */
const SIGNAL_STATUS = 128;
const BASH = '/bin/bash';

/**
 * Runs the built program in a shell session on the local target, with this process's terminal or
 * pipes, in the form in which the AWS CLI calls it.
 *
 * @returns the program's exit status
 */
async function runDemo(): Promise<number> {
  // In a terminal the shell has line editing; in a pipe it writes no control sequences.
  const comfortable = process.stdin.isTTY && existsSync(BASH);
  const aws = await startLocalAws({
    sessions: { agent: { home: homedir(), ...(comfortable ? { shell: BASH } : {}) } },
  });
  try {
    const request = { Target: EXAMPLE_TARGET };
    const response = await aws.startSession(request);
    const args = [
      JSON.stringify(response),
      aws.region,
      'StartSession',
      '',
      JSON.stringify(request),
      aws.endpoint,
    ];
    // As the AWS CLI does it: keys that make signals are for the program.
    for (const signal of ['SIGINT', 'SIGQUIT', 'SIGTSTP'] as const) {
      process.on(signal, () => undefined);
    }
    const program = spawn(process.execPath, [PROGRAM, ...args], {
      stdio: 'inherit',
      env: { ...process.env, ...CREDENTIALS },
    });
    for (const signal of ['SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => program.kill(signal));
    }
    const [status, signal] = (await once(program, 'exit')) as [
      number | null,
      NodeJS.Signals | null,
    ];
    return status ?? SIGNAL_STATUS + (signal === null ? 0 : constants.signals[signal]);
  } finally {
    await aws.close();
  }
}

process.exitCode = await runDemo();
