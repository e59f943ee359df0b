/** Ends the options of the program, and begins the command. */
const SEPARATOR = '--';

/** TARGET and the words of a command. */
export interface CommandOperands {
  readonly targetText: string | undefined;
  readonly words: readonly string[];
  /** Whether `--` comes before the words. */
  readonly isSeparated: boolean;
}

/**
 * Reads the operands of a command that runs another one. The words after `--` are that command. Without a word before it,
 * no target is named.
 *
 * @param operands - without options and `--`
 * @param args - as they were given
 */
export function readOperands(
  operands: readonly string[],
  args: readonly string[],
): CommandOperands {
  const separator = args.indexOf(SEPARATOR);
  const isSeparated = separator !== -1;
  const afterSeparator = isSeparated ? args.slice(separator + 1) : [];
  const isTargetNamed = afterSeparator.length < operands.length;
  return isTargetNamed
    ? { targetText: operands[0], words: operands.slice(1), isSeparated }
    : { targetText: undefined, words: operands, isSeparated };
}
