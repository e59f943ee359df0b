import { COMMON_FLAGS, COMMON_VALUES, HELP_OPTIONS } from './common-options.ts';

const HELP_OPTION = '--help';
const HELP_WORD = 'help';

/**
 * The arguments with the name of the command first, as a parser of subcommands needs them: common options
 * before it are moved after it, and `help shell` becomes `shell --help`.
 *
 * @param args - argv without program names, as typed
 * @returns without a name of a command, they begin with an option
 */
export function commandFirst(args: readonly string[]): readonly string[] {
  const [first = '', ...topic] = args;
  if (first === HELP_WORD || HELP_OPTIONS.includes(first)) return helpFor(topic);
  const count = leadingOptions(args);
  const [name, ...rest] = args.slice(count);
  return [...(name === undefined ? [] : [name]), ...args.slice(0, count), ...rest];
}

function helpFor(topic: readonly string[]): readonly string[] {
  const [name = HELP_WORD] = topic;
  return name === HELP_WORD || name.startsWith('-') ? [HELP_OPTION] : [name, HELP_OPTION];
}

/** How many of the arguments are common options and their values, up to the first that is neither. */
function leadingOptions(args: readonly string[]): number {
  let count = 0;
  for (;;) {
    const argument = args[count] ?? '';
    const [option = ''] = argument.split('=', 1);
    if (COMMON_FLAGS.includes(argument) || HELP_OPTIONS.includes(argument)) count += 1;
    else if (COMMON_VALUES.includes(argument)) count += 2;
    else if (COMMON_VALUES.includes(option)) count += 1;
    else return Math.min(count, args.length);
  }
}
