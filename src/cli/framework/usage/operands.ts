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
  const { before } = splitAtMark(args, operands);
  const isSeparated = args.includes(SEPARATOR);
  return before.length > 0
    ? { targetText: operands[0], words: operands.slice(1), isSeparated }
    : { targetText: undefined, words: operands, isSeparated };
}

/**
 * Separates the operands of a command at `--`, which the parser has removed from them.
 *
 * @param args - all arguments of the program
 * @param operands - those that the command has got, or the last of them
 */
export function splitAtMark(
  args: readonly string[],
  operands: readonly string[],
): { readonly before: readonly string[]; readonly after: readonly string[] } {
  const at = args.indexOf(SEPARATOR);
  const count = at === -1 ? 0 : Math.min(operands.length, args.length - at - 1);
  const end = operands.length - count;
  return { before: operands.slice(0, end), after: operands.slice(end) };
}

/** Collects the values of a repeatable option. */
export function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}
