import { spawn } from 'node:child_process';
import { buffer } from 'node:stream/consumers';
import { killProcessSession } from '../../agent/programs/process-session.ts';
import type { ScriptOutput } from './command-output.ts';

/** How scripts of a node are run. */
export interface ScriptEnvironment {
  readonly shell: string;
  readonly directory: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** A script that runs. */
export interface Script {
  readonly ended: Promise<ScriptOutput>;
  /** Ends it, as the agent does: its whole process session is killed. */
  kill(): void;
}

/** The status of a script that the agent has killed (`CommandStoppedPreemptivelyExitCode`). */
export const KILLED = 137;

/**
 * Runs a script as the agent does on Linux: by `sh`, which reads it from a file, with the id of the node in
 * `AWS_SSM_INSTANCE_ID` and that of the command in `SSM_COMMAND_ID`.
 *
 * @param lines - parameter `commands` of the document
 */
export function runScript(lines: readonly string[], environment: ScriptEnvironment): Script {
  const child = spawn(environment.shell, ['-c', `${lines.join('\n')}\n`], {
    cwd: environment.directory,
    env: environment.environment,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const exited = new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? KILLED));
  });
  const outputs = Promise.all([buffer(child.stdout), buffer(child.stderr)]);
  return {
    ended: Promise.all([exited, outputs]).then(([status, [stdout, stderr]]) => ({
      ...{ status, stdout, stderr },
    })),
    kill() {
      if (child.pid !== undefined) killProcessSession(child.pid);
    },
  };
}
