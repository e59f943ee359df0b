import type { Command } from 'commander';
import { familyOf, ProgramError } from '../../../lib/errors/program-error.ts';
import { usageOf } from '../help/help-page.ts';

/** What helps the user to correct a command line. */
export interface UsageAdvice {
  /** What to do: sentences, each shown on its own line. */
  readonly hints: readonly string[];
  /** The usage line of the command, from the program's name on. */
  readonly usage: string;
  /** The command line that shows the help. */
  readonly help: string;
}

/** A command line cannot be read. The message is a sentence that names what is wrong. */
export class UsageError extends ProgramError<'usage'> {
  override readonly name = 'UsageError';
  readonly advice: UsageAdvice;

  constructor(message: string, advice: UsageAdvice) {
    super('usage', { code: 'usage', reason: 'usage', problem: message, remedy: '' });
    this.advice = advice;
  }
}

/** Whether an error is a {@link UsageError}. */
export function isUsageError(thrown: unknown): thrown is UsageError {
  return familyOf(thrown) === 'usage';
}

/**
 * A failure to read the command line of a command.
 *
 * @param message - a sentence that names what is wrong
 * @param hints - sentences about what to do
 */
export function usageError(
  command: Command,
  message: string,
  hints: readonly string[] = [],
): UsageError {
  const names = command.parent === null ? [] : [command.parent.name()];
  return new UsageError(message, {
    hints,
    usage: usageOf(command),
    help: [...names, command.name(), '--help'].join(' '),
  });
}
