import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { temporaryDirectory } from '../../../../support/temporary-directory.ts';
import type { CompletedRun, PipedOptions, PipedProgram } from '../../../support/piped-program.ts';
import { isRunning, processEnded } from '../../../support/processes.ts';
import type { Environment } from '../../../support/program.ts';
import { TARGET } from '../../../support/target.ts';
import type { TerminalProgram } from '../../../support/terminal-program.ts';
import {
  outcomeOf,
  startCommand,
  startCommandTarget,
  startTerminalCommand,
  type CommandTarget,
} from '../../support/run-command.ts';

const FILE = '.config/session-manager-plugin/connections.toml';

/** A port as `status --json` and `up --json` show it. */
export interface ShownPort {
  readonly name: string;
  readonly state: string;
  readonly since: string;
  readonly until: string | null;
  readonly local: { readonly address: string | null; readonly port: number };
  readonly protocol?: string;
  readonly checked: string | null;
  readonly sessions: number;
  readonly up: number;
  readonly open: number;
  readonly connections: number;
  readonly sent: number;
  readonly received: number;
  readonly error: { readonly code: string; readonly message: string } | null;
  readonly attached: boolean;
  readonly pid: number | null;
}

/** A user with a home directory, a runtime directory of their own, and connections in a file. */
export interface BackgroundUser {
  readonly target: CommandTarget;
  readonly home: string;
  /** The directory for the sockets. */
  readonly sockets: string;
  readonly env: Environment;
  start(args: readonly string[], options?: PipedOptions): PipedProgram;
  startInTerminal(args: readonly string[], env?: Environment): Promise<TerminalProgram>;
  run(args: readonly string[], env?: Environment): Promise<CompletedRun>;
  status(): Promise<readonly ShownPort[]>;
  /** The processes of the program that work in the background: supervisors, and those of connections. */
  processes(command?: '__supervise' | '__connection'): readonly number[];
}

/** @param connections - the ports of each connection, by its name */
export async function startBackgroundUser(
  t: TestContext,
  connections: Readonly<Record<string, readonly string[]>>,
  target?: CommandTarget,
): Promise<BackgroundUser> {
  const aws = target ?? (await startCommandTarget(t));
  const home = temporaryDirectory(t);
  const runtime = runtimeFor(t, home);
  mkdirSync(join(home, FILE, '..'), { recursive: true });
  const tables = Object.entries(connections).map(
    ([name, ports]) => `[${name}]\ntarget = "${TARGET}"\nforward = ${JSON.stringify(ports)}\n`,
  );
  writeFileSync(join(home, FILE), tables.join('\n'));
  chmodSync(join(home, FILE), 0o600);
  const env = { HOME: home, XDG_RUNTIME_DIR: runtime };
  const start = (args: readonly string[], options: PipedOptions = {}): PipedProgram =>
    startCommand(t, aws, args, { ...options, env: { ...env, ...options.env } });
  const run = (args: readonly string[], more: Environment = {}): Promise<CompletedRun> =>
    outcomeOf(start(args, { env: more }));
  const processes: BackgroundUser['processes'] = (command) => processesIn(runtime, command);
  return {
    target: aws,
    home,
    sockets: join(runtime, 'session-manager-plugin'),
    env,
    start,
    run,
    processes,
    startInTerminal: (args, more = {}) =>
      startTerminalCommand(t, aws, args, { env: { ...env, ...more } }),
    async status() {
      const { stdout } = await run(['status', '--json']);
      return JSON.parse(stdout) as readonly ShownPort[];
    },
  };
}

/** Makes a runtime directory in a directory. Its processes end with the test, also with a failed one. */
export function runtimeFor(t: TestContext, directory: string): string {
  const runtime = join(directory, 'run');
  mkdirSync(runtime, { mode: 0o700 });
  t.after(async () => {
    const left = processesIn(runtime, undefined);
    for (const pid of left) if (isRunning(pid)) process.kill(pid, 'SIGKILL');
    await Promise.all(left.map(processEnded));
  });
  return runtime;
}

/** Waits until `status` shows what a test expects. */
export async function untilStatus(
  user: BackgroundUser,
  isExpected: (ports: readonly ShownPort[]) => boolean,
): Promise<readonly ShownPort[]> {
  for (;;) {
    const ports = await user.status();
    if (isExpected(ports)) return ports;
  }
}

/** The processes of the program with this runtime directory (proc(5)). */
function processesIn(runtime: string, command: string | undefined): readonly number[] {
  const names = command === undefined ? ['__supervise', '__connection'] : [command];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      const [args, env] = [textOf(name, 'cmdline'), textOf(name, 'environ')];
      return (
        names.some((one) => args.split('\0').includes(one)) &&
        env.split('\0').includes(`XDG_RUNTIME_DIR=${runtime}`)
      );
    })
    .map(Number);
}

function textOf(pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'latin1');
  } catch {
    // It has just ended.
    return '';
  }
}
