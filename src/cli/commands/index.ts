import { CommanderError } from 'commander';
import { isAwsError } from '../../aws/aws-error.ts';
import { SIGNAL_STATUS } from '../../session/signal-status.ts';
import { nextEnding, type CommandSignals } from '../command-signals.ts';
import { registerCompletion } from './completion.ts';
import { CommandError } from './command-context.ts';
import { createProgram, type RegisterCommand } from './command-line.ts';
import { registerDoctor } from './doctor.ts';
import { registerExec } from './exec.ts';
import { registerForward } from './forward.ts';
import { createProcessContext, type ProcessContext } from './process-context.ts';
import { registerShell } from './shell.ts';
import { registerSshConfig } from './ssh-config.ts';
import { registerSshProxy } from './ssh-proxy.ts';
import { registerSessions } from './sessions.ts';
import { registerStartSession } from './start-session.ts';
import { registerTargets } from './targets.ts';

/** Every command of the program's own, in the order of the help; `own-words.ts` names them, too. */
export const COMMANDS: readonly RegisterCommand[] = [
  registerShell,
  registerExec,
  registerForward,
  registerSshProxy,
  registerSshConfig,
  registerStartSession,
  registerTargets,
  registerSessions,
  registerDoctor,
  registerCompletion,
];

/** Exit status of ssh for whatever is not the remote side's (ssh(1), "EXIT STATUS"). */
const EXIT_OWN_FAILURE = 255;
/** Name of the error with which a prompt says that it was left with Ctrl-C (@inquirer/core). */
const PROMPT_LEFT = 'ExitPromptError';

/**
 * Runs a command of the program's own.
 *
 * @param args - argv without program names, the command's word first
 * @param version - four dotted numbers
 * @param signals - those of the process
 * @returns the exit status: the remote side's, 255 for a failure of our own, 130 after Ctrl-C
 */
export async function runCommand(
  args: readonly string[],
  version: string,
  signals: CommandSignals,
): Promise<number> {
  const running = createProcessContext(args, version, signals);
  const first = await Promise.race([runToEnd(args, running), nextEnding(signals.own)]);
  if (typeof first === 'number') return first;
  await running.interrupt(nextEnding(signals.own));
  return SIGNAL_STATUS[first];
}

async function runToEnd(args: readonly string[], running: ProcessContext): Promise<number> {
  try {
    await createProgram(COMMANDS, running).parseAsync(args, { from: 'user' });
    return running.exitStatus();
  } catch (error) {
    if (running.context.interrupted.aborted) return EXIT_OWN_FAILURE;
    return explain(error, (text) => void process.stderr.write(text));
  } finally {
    await running.printed();
  }
}

function explain(error: unknown, write: (text: string) => void): number {
  // commander has said what is wrong, or shown the help that was asked for.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_OWN_FAILURE;
  if (error instanceof Error && error.name === PROMPT_LEFT) return SIGNAL_STATUS.SIGINT;
  const isExplained = error instanceof CommandError || isAwsError(error);
  const message = error instanceof Error ? error.message : String(error);
  write(`session-manager-plugin: ${isExplained ? '' : 'internal error: '}${message}\n`);
  return EXIT_OWN_FAILURE;
}
