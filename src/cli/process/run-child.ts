import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { commandFailures } from '../../failures/commands.ts';
import { systemCode } from '../../lib/errors/system-error.ts';
import { findCommand } from '../../lib/find-program.ts';
import { CommandError } from '../framework/command-context.ts';
import type { BufferedSignals } from './signals/process-signals.ts';

/** What shells add to the number of the signal that has ended a program. */
const SIGNAL_STATUS_BASE = 128;
/**
 * A terminal sends its own signals to the child, too. One that only this program gets is passed on, because the
 * child would stay.
 */
const PASSED_ON = ['SIGTERM', 'SIGHUP'] as const;

/** A program that this one runs. */
export interface Child {
  /** Its name and its arguments; a name is searched in PATH. */
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  /** Signals of this program: it does not end while the child runs. */
  readonly signals: BufferedSignals;
}

/**
 * Runs a program on the terminal and the streams of this one, to its end.
 *
 * @returns its exit status, or 128 and the number of the signal that has ended it
 * @throws CommandError when it cannot be started
 */
export function runChild({ command, env, platform, signals }: Child): Promise<number> {
  const [name = '', ...args] = command;
  const path = findCommand(name, env, platform);
  if (path === undefined) throw new CommandError(commandFailures['program-missing'](name));
  return new Promise((resolve, reject) => {
    const child = spawn(path, args, { stdio: 'inherit', env });
    signals.onSignal((signal) => {
      const passed = PASSED_ON.find((one) => one === signal);
      if (passed !== undefined) child.kill(passed);
    });
    child.on('error', (error) =>
      reject(new CommandError(commandFailures['program-not-started'](name, systemCode(error)))),
    );
    child.on('exit', (code, signal) =>
      resolve(code ?? SIGNAL_STATUS_BASE + (signal === null ? 0 : constants.signals[signal])),
    );
  });
}
