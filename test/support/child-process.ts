// What tests start programs with, in place of `node:child_process`: importing it defines the environment
// that children inherit.

import type { ChildProcess } from 'node:child_process';
import type { CleanupScope } from './cleanup-scope.ts';

export {
  execFile,
  execFileSync,
  spawn,
  spawnSync,
  type ChildProcess,
  type ChildProcessWithoutNullStreams,
} from 'node:child_process';

/**
 * Variables that decide whether programs print in colour. The test runner sets the first one when its
 * own output is a terminal (lib/internal/test_runner/runner.js of Node.js), a user may set any: what a
 * test compares must not depend on where it was started.
 */
const COLOUR_VARIABLES = ['FORCE_COLOR', 'NO_COLOR', 'CLICOLOR', 'CLICOLOR_FORCE', 'COLORTERM'];

for (const name of COLOUR_VARIABLES) Reflect.deleteProperty(process.env, name);

/** Resolves when a child has ended, or could not be started at all. */
export function childEnded(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve();
    child.once('exit', () => resolve());
    // Without a process there is no exit.
    child.once('error', () => {
      if (child.pid === undefined) resolve();
    });
  });
}

/**
 * Ends a child when the test does, and waits for it. A child that could not be started is not waited
 * for. To be called right after the start.
 */
export function endWithTest(
  scope: CleanupScope,
  child: ChildProcess,
  signal: NodeJS.Signals = 'SIGTERM',
): void {
  const ended = childEnded(child);
  scope.after(async () => {
    child.kill(signal);
    await ended;
  });
}

/**
 * Ends a process that was started as `detached`, and all that it has started. The tool `kill` of procps 4 takes the
 * first digit of a negative process id that begins with 1 for all of it, and ends every process.
 */
export function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // All of it has ended.
  }
}
