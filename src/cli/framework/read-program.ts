import type { Command } from 'commander';
import { splitAtMark } from './usage/operands.ts';
import { usageError } from './usage/usage-error.ts';

/** What the operands of a command with `--exec` are. */
export interface OperandsAndProgram {
  /** The operands before `--`. */
  readonly words: readonly string[];
  /** The program after it, and its arguments; undefined without `--exec`. */
  readonly program: readonly string[] | undefined;
}

/**
 * Separates the operands of a command from the program after `--`.
 *
 * @param args - all arguments of the program
 * @param operands - those that the command has got, or the last of them
 * @param runsProgram - whether `--exec` was passed
 * @param example - a whole command line with a program
 * @throws UsageError when one is missing: `--exec` or the program
 */
export function readProgram(
  self: Command,
  args: readonly string[],
  operands: readonly string[],
  runsProgram: boolean,
  example: string,
): OperandsAndProgram {
  const { before, after: program } = splitAtMark(args, operands);
  if (runsProgram && program.length === 0)
    throw usageError(self, 'There is no program to run.', [
      `Write it after --, for example: \`session-manager-plugin ${example}\`.`,
    ]);
  if (!runsProgram && program.length > 0)
    throw usageError(self, 'A program after -- needs --exec.', ['Add --exec before it.']);
  return { words: before, program: runsProgram ? program : undefined };
}
