import { CommanderError } from 'commander';
import { isAwsError } from '../../aws/aws-error.ts';
import { registerCompletion } from './completion.ts';
import { CommandError } from './command-context.ts';
import { createProgram, type RegisterCommand } from './command-line.ts';
import { registerDoctor } from './doctor.ts';
import { registerExec } from './exec.ts';
import { registerForward } from './forward.ts';
import { createProcessContext } from './process-context.ts';
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
/** Of a program that Ctrl-C has ended. */
const EXIT_INTERRUPTED = 130;
/** Name of the error with which a prompt says that it was left with Ctrl-C (@inquirer/core). */
const PROMPT_LEFT = 'ExitPromptError';

/**
 * Runs a command of the program's own.
 *
 * @param args - argv without program names, the command's word first
 * @param version - four dotted numbers
 * @returns the exit status: the remote side's, 255 for a failure of our own, 130 after Ctrl-C
 */
export async function runCommand(args: readonly string[], version: string): Promise<number> {
  const running = createProcessContext(args, version);
  const program = createProgram(COMMANDS, running);
  try {
    await program.parseAsync(args, { from: 'user' });
    return running.exitStatus();
  } catch (error) {
    return explain(error, (text) => void process.stderr.write(text));
  } finally {
    await running.printed();
  }
}

function explain(error: unknown, write: (text: string) => void): number {
  // commander has said what is wrong, or shown the help that was asked for.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_OWN_FAILURE;
  if (error instanceof Error && error.name === PROMPT_LEFT) return EXIT_INTERRUPTED;
  const isExplained = error instanceof CommandError || isAwsError(error);
  const message = error instanceof Error ? error.message : String(error);
  write(`session-manager-plugin: ${isExplained ? '' : 'internal error: '}${message}\n`);
  return EXIT_OWN_FAILURE;
}
