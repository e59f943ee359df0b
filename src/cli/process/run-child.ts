import { spawn, type ChildProcess } from 'node:child_process';
import { constants } from 'node:os';
import { commandFailures } from '../../failures/commands.ts';
import { asError } from '../../lib/errors/as-error.ts';
import { systemCode, systemText } from '../../lib/errors/system-error.ts';
import { environmentForPrograms, findCommand } from '../../lib/find-program.ts';
import type { SessionSignal } from '../../session/session-type.ts';
import { CommandError } from '../framework/command-context.ts';
import type { BufferedSignals } from './signals/process-signals.ts';

/** What shells add to the number of the signal that has ended a program. */
const SIGNAL_STATUS_BASE = 128;
/** Signals that only this program gets are passed on: the child would stay. */
const PASSED_ON = ['SIGTERM', 'SIGHUP', 'SIGUSR1', 'SIGINT', 'SIGQUIT'] as const;
/** Of these, a terminal sends its keys to the child, too. */
const KEYS: readonly SessionSignal[] = ['SIGINT', 'SIGQUIT'];
/** What to do about errors of the system. */
const REMEDIES: Readonly<Record<string, string>> = {
  E2BIG: 'Pass shorter arguments, or unset large variables of the environment',
  EACCES: 'Make it executable, for example with `chmod +x`',
  ENOENT: 'Correct its path. If it is a script, check the interpreter that its first line names',
  ENOEXEC: 'If it is a script, run it with its interpreter: `sh PATH`',
};

/** A program that this one runs. */
export interface Child {
  /** Its name and its arguments; a name is searched in PATH. */
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  /** Signals of this program: it does not end while the child runs. */
  readonly signals: BufferedSignals;
  /** Whether the keys of a terminal signal this program, and so the child. */
  readonly getsKeys: () => Promise<boolean>;
  /** What it reads from stdin; undefined for the stdin of this program. */
  readonly input?: Buffer | undefined;
}

/**
 * Runs a program on the terminal and the streams of this one, to its end.
 *
 * @returns its exit status, or 128 and the number of the signal that has ended it
 * @throws CommandError when it cannot be started
 */
export async function runChild({
  command,
  env,
  platform,
  signals,
  getsKeys,
  input,
}: Child): Promise<number> {
  const [name = '', ...args] = command;
  const path = findCommand(name, env, platform);
  if (path === undefined) throw new CommandError(commandFailures['program-missing'](name));
  const child = await start(name, path, args, { env, input });
  const pass = async (signal: SessionSignal): Promise<void> => {
    const passed = PASSED_ON.find((one) => one === signal);
    if (passed === undefined || (KEYS.includes(signal) && (await getsKeys()))) return;
    child.kill(passed);
  };
  return new Promise((resolve) => {
    signals.onSignal((signal) => void pass(signal));
    child.on('exit', (code, signal) =>
      resolve(code ?? SIGNAL_STATUS_BASE + (signal === null ? 0 : constants.signals[signal])),
    );
  });
}

/** @returns the program, which runs */
function start(
  name: string,
  path: string,
  args: readonly string[],
  { env, input }: Pick<Child, 'env' | 'input'>,
): Promise<ChildProcess> {
  return new Promise((resolve, reject) => {
    const fail = (thrown: unknown): void => {
      const error = asError(thrown);
      const remedy = REMEDIES[systemCode(error)] ?? '';
      const failure = commandFailures['program-not-started'];
      reject(new CommandError(failure(name, systemText(error), remedy)));
    };
    try {
      const stdin = input === undefined ? 'inherit' : 'pipe';
      const child = spawn(path, args, {
        stdio: [stdin, 'inherit', 'inherit'],
        env: environmentForPrograms(env),
      });
      // A program may end without reading it.
      child.stdin?.on('error', () => undefined).end(input);
      // Later ones are of signals, which a program of another user does not take.
      child.on('error', fail).once('spawn', () => resolve(child));
    } catch (error) {
      // Some errors are thrown, such as arguments that are too long.
      fail(error);
    }
  });
}
