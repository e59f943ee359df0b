import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { TestContext } from 'node:test';
import type { LocalAws } from '../../local-aws/local-aws.ts';
import { killProcessSession } from '../../local-aws/agent/programs/process-session.ts';
import {
  LAUNCHER,
  programCommand,
  programEnvironment,
  type Environment,
} from '../../program/support/program.ts';
import type { Aliases } from './aliases.ts';
import { LOCAL_PROMPT } from './console-block.ts';
import { spawn } from '../../support/child-process.ts';

/** The machine of a reader, with the program and the AWS CLI on PATH. */
export interface Machine {
  readonly home: string;
  readonly env: Record<string, string>;
  /** Writes a configuration file. @param path - in the home directory, or beginning with `~/` */
  write(path: string, content: string): void;
  /** Runs a script as `bash -e` does, without a terminal. */
  runScript(script: string): Promise<ScriptEnd>;
}

/** What became of a script. */
export interface ScriptEnd {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Has real Bash's prompts, and nothing of the user who runs the tests. */
const SHELL_ENVIRONMENT = { PS1: LOCAL_PROMPT, PS2: '', HISTFILE: '', INPUTRC: '/dev/null' };

/** Starts the interactive shell of a machine's user in the home directory. */
export const SHELL_COMMAND = [
  'sh',
  '-c',
  'cd && exec bash --norc --noprofile --noediting -i',
] as const;

/** What a machine is made for. */
export interface MachineOptions {
  readonly aws: LocalAws;
  readonly aliases: Aliases;
  /** What its user has set besides. */
  readonly env?: Environment | undefined;
  /** Further programs on PATH: what a shell runs. */
  readonly programs?: Readonly<Record<string, string>> | undefined;
}

/** Makes a machine. @param directory - for its files; removed by its owner */
export function createMachine(
  t: TestContext,
  directory: string,
  { aws, aliases, env = {}, programs: further = {} }: MachineOptions,
): Machine {
  const home = join(directory, 'home');
  const programs = join(directory, 'programs');
  for (const made of [home, programs]) mkdirSync(made);
  const [program] = programCommand([]);
  const isBundle = program === process.execPath;
  symlinkSync(isBundle ? LAUNCHER : program, join(programs, 'session-manager-plugin'));
  symlinkSync(process.execPath, join(programs, 'node'));
  for (const [name, script] of Object.entries({ aws: awsCommand(aws, programs), ...further })) {
    writeFileSync(join(programs, name), `#!/bin/sh\n${script}`, { mode: 0o755 });
  }
  const environment = programEnvironment({
    PATH: `${programs}${delimiter}${process.env['PATH'] ?? ''}`,
    HOME: home,
    AWS_PAGER: '',
    AWS_ENDPOINT_URL: aws.endpoint,
    ...SHELL_ENVIRONMENT,
    ...env,
  });
  const write = (path: string, content: string): void => {
    const file = join(home, path.replace(/^~\//, ''));
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(file, aliases.real(content), { mode: 0o600 });
  };
  write('~/.aws/config', `[default]\nregion = ${aws.region}\n`);
  return {
    home,
    env: environment,
    write,
    async runScript(script) {
      const child = spawn('bash', ['-e', '-c', aliases.real(script)], {
        cwd: home,
        env: environment,
        detached: true,
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      const { pid } = child;
      if (pid !== undefined) t.after(() => killProcessSession(pid));
      const status = new Promise<number | null>((resolve, reject) => {
        child.once('error', reject);
        child.once('exit', resolve);
      });
      const outputs = [text(child.stdout), text(child.stderr)] as const;
      const ended = await status;
      // What a script leaves running holds its outputs.
      if (pid !== undefined) killProcessSession(pid);
      const [stdout, stderr] = await Promise.all(outputs);
      return { status: ended, stdout, stderr };
    },
  };
}

/** The AWS CLI on this machine, led to the local target: old ones know no AWS_ENDPOINT_URL. */
function awsCommand(aws: LocalAws, programs: string): string {
  return [
    `PATH=$(printf %s "$PATH" | sed 's|${programs}:||')`,
    'real=$(command -v aws) || exit 127',
    `PATH=${programs}:$PATH`,
    'case $1 in',
    `  ssm|ecs) exec "$real" --endpoint-url ${aws.endpoint} "$@" ;;`,
    '  *) exec "$real" "$@" ;;',
    'esac',
    '',
  ].join('\n');
}
